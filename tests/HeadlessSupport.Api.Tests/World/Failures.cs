using System.Text;

namespace HeadlessSupport.Api.Tests;

/// <summary>Collects what is wrong with many routes, so that one run tells all of it.</summary>
internal sealed class Failures
{
    private const int Shown = 200;
    private readonly List<string> all = [];

    public void Unless(bool right, ApiRoute route, Answer answer, string why = "") =>
        Unless(right, $"{route.Name} ({route}) {why} answered {answer.Status}: {Text(answer)}");

    public void Unless(bool right, string what)
    {
        if (!right)
            all.Add(what);
    }

    public void MustBeNone() => Assert.True(all.Count == 0, $"{all.Count} failures:\n{string.Join('\n', all.Take(Shown))}");

    private static string Text(Answer answer)
    {
        var text = Encoding.UTF8.GetString(answer.Body);
        return text.Length > 600 ? text[..600] + "…" : text;
    }
}
