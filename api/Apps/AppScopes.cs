using HeadlessSupport.Api.Access;
using HeadlessSupport.Api.Platform.Http;

namespace HeadlessSupport.Api.Apps;

/// <summary>What apps may ask for: the one vocabulary, and a word for all of it.</summary>
public static class AppScopes
{
    /// <summary>Whatever the person's role allows; only for apps that people of their publisher use.</summary>
    public const string Everything = "all";

    /// <exception cref="SupportException">A scope does not exist: 422 with its pointer.</exception>
    public static void Check(List<string> scopes)
    {
        var unknown = scopes.Select((s, i) => (Scope: s, Index: i)).Where(s => s.Scope != Everything && !Vocabulary.All.Contains(s.Scope)).ToList();
        if (unknown.Count > 0)
            throw new SupportException(ErrorCode.ValidationFailed, "Some scopes do not exist.", unknown.ConvertAll(u => ($"/scopes/{u.Index}", $"There is no such scope. Known: {Everything}, {string.Join(", ", Vocabulary.All)}.")));
    }
}
