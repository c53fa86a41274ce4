namespace HeadlessSupport.Api.SignIn;

/// <summary>A short name for what a <c>User-Agent</c> says, for people who look for their own devices.</summary>
internal static class Devices
{
    // The first that is found: Edge and Opera say that they are Chrome too, and Chrome that it is Safari.
    private static readonly (string Mark, string Name)[] Programs = [("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"), ("curl/", "curl")];
    private static readonly (string Mark, string Name)[] Systems = [("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"), ("Mac OS X", "macOS"), ("CrOS", "ChromeOS"), ("Linux", "Linux")];

    public static string NameOf(string? userAgent)
    {
        if (string.IsNullOrWhiteSpace(userAgent))
            return "Unknown";
        var program = Find(Programs, userAgent) ?? userAgent.Split('/', ' ')[0];
        return Find(Systems, userAgent) is { } system ? $"{program} on {system}" : program;
    }

    private static string? Find((string Mark, string Name)[] among, string text) => among.FirstOrDefault(p => text.Contains(p.Mark, StringComparison.Ordinal)).Name;
}
