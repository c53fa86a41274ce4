namespace HeadlessSupport.Api.Platform.Text;
public enum BodyFormat { Markdown, Html, Text }
public sealed record Block(string Type);
public sealed record Rendered(string Html, string Text, IReadOnlyList<Block> Blocks);
public static class RichText { public static Rendered Render(string body, BodyFormat format) => new(body, body, []); }
