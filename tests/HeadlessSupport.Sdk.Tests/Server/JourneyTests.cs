using System.Reflection;

namespace HeadlessSupport.Sdk.Tests.Server;

/// <summary>The journeys on the fake and on the real API; and that both tell the same, member by member.</summary>
public sealed class JourneyTests
{
    private static readonly Dictionary<string, Func<Story, Task>> All = typeof(Journeys).GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly)
        .ToDictionary(m => m.Name, m => m.CreateDelegate<Func<Story, Task>>(), StringComparer.Ordinal);

    public static TheoryData<string, string> OnBothSides()
    {
        var data = new TheoryData<string, string>();
        foreach (var name in All.Keys)
        {
            data.Add(name, "fake");
            data.Add(name, "real");
        }
        return data;
    }

    public static TheoryData<string> Names() => [.. All.Keys];

    [Theory, MemberData(nameof(OnBothSides))]
    public async Task Each_journey_ends_well(string journey, string side)
    {
        using var story = await Story.BeginAsync(side);
        await All[journey](story);
    }

    [Theory, MemberData(nameof(Names))]
    public async Task The_fake_answers_word_for_word_as_the_real_one(string journey)
    {
        using var fake = await Story.BeginAsync("fake");
        await All[journey](fake);
        using var real = await Story.BeginAsync("real");
        await All[journey](real);
        var (expected, told) = (real.Text.ToString().Split('\n'), fake.Text.ToString().Split('\n'));
        var differs = Enumerable.Range(0, Math.Max(expected.Length, told.Length)).FirstOrDefault(i => expected.ElementAtOrDefault(i) != told.ElementAtOrDefault(i), -1);
        Assert.True(differs < 0, $"From line {differs} on the real one says:\n{Around(expected, differs)}\nand the fake:\n{Around(told, differs)}");
    }

    private static string Around(string[] lines, int at) => string.Join('\n', lines.Skip(at - 12).Take(40));
}
