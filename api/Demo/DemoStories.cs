namespace HeadlessSupport.Api.Demo;

/// <summary>The organizations of the demo.</summary>
internal static class DemoStories
{
    public static readonly IReadOnlyList<DemoStory> All = [AcmeStory.Story, GlobexStory.Story];
}
