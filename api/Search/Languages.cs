namespace HeadlessSupport.Api.Search;

/// <summary>The dictionary of PostgreSQL that knows a language's word forms.</summary>
internal static class Languages
{
    /// <summary>Takes words as they are.</summary>
    public const string None = "simple";

    private static readonly Dictionary<string, string> Dictionaries = new(StringComparer.OrdinalIgnoreCase)
    {
        ["ar"] = "arabic_stem",
        ["ca"] = "catalan_stem",
        ["da"] = "danish_stem",
        ["de"] = "german_stem",
        ["el"] = "greek_stem",
        ["en"] = "english_stem",
        ["es"] = "spanish_stem",
        ["eu"] = "basque_stem",
        ["fi"] = "finnish_stem",
        ["fr"] = "french_stem",
        ["ga"] = "irish_stem",
        ["hi"] = "hindi_stem",
        ["hu"] = "hungarian_stem",
        ["hy"] = "armenian_stem",
        ["id"] = "indonesian_stem",
        ["it"] = "italian_stem",
        ["lt"] = "lithuanian_stem",
        ["nb"] = "norwegian_stem",
        ["ne"] = "nepali_stem",
        ["nl"] = "dutch_stem",
        ["nn"] = "norwegian_stem",
        ["no"] = "norwegian_stem",
        ["pt"] = "portuguese_stem",
        ["ro"] = "romanian_stem",
        ["ru"] = "russian_stem",
        ["sr"] = "serbian_stem",
        ["sv"] = "swedish_stem",
        ["ta"] = "tamil_stem",
        ["tr"] = "turkish_stem",
        ["yi"] = "yiddish_stem",
    };

    /// <param name="locale">Language tag, such as <c>de-AT</c>.</param>
    public static string DictionaryOf(string locale) => Dictionaries.GetValueOrDefault(locale.Split('-')[0], None);
}
