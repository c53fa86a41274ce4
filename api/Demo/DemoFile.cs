using System.Text.Json;
using HeadlessSupport.Api.Organizations;
using HeadlessSupport.Api.Platform.Http;
using HeadlessSupport.Api.Platform.Storage;

namespace HeadlessSupport.Api.Demo;

/// <summary>The demo's credentials, as <c>demo.json</c> keeps them. Members are added, none is renamed.</summary>
internal sealed record DemoFile(string Url, string OperatorKey, IReadOnlyList<DemoOrganization> Organizations)
{
    public const string Name = "demo.json";
    private static readonly JsonSerializerOptions Indented = new(Json.Options) { WriteIndented = true };

    public static DemoFile? Read(string path) => File.Exists(path) ? JsonSerializer.Deserialize<DemoFile>(File.ReadAllText(path), Json.Options) : null;

    public void Write(string path) => PrivateFile.Write(path, JsonSerializer.Serialize(this, Indented) + "\n");
}

/// <summary>One organization of the demo.</summary>
/// <param name="Id">Empty until it is made.</param>
/// <param name="WidgetKey">For web pages; null in a file of an earlier release.</param>
/// <param name="WidgetSecret">What its server signs the tokens of customers with.</param>
internal sealed record DemoOrganization(string Slug, string Id, string ApiKey, string ReadOnlyApiKey, IReadOnlyList<DemoUser> Users, string? WidgetKey = null, string? WidgetSecret = null)
{
    /// <summary>With new texts for what it has none of yet.</summary>
    public DemoOrganization WithWidgetKey() =>
        this with { WidgetKey = WidgetKey ?? Inboxes.WidgetKey.NewText(OrganizationMode.Test), WidgetSecret = WidgetSecret ?? Inboxes.WidgetKey.NewSecret() };
}

internal sealed record DemoUser(string Email, string Role);
