namespace HeadlessSupport.Api.Tests.EndUsers;

/// <summary>End users of an organization, and the page that they come from.</summary>
internal static class EndUsersWorld
{
    public const string Page = "https://shop.example";

    /// <summary>Calls as a customer, by a token that the organization's server made.</summary>
    public static async Task<Api> CustomerAsync(this Org org, string externalId, object? more = null) =>
        new(org.World.Url, (await org.Api.PostAsync("end-user-tokens", Json.Merge(new { user = new { external_id = externalId, name = externalId } }, more))).MustBe(201).Text("token"));

    /// <summary>A chat inbox with a widget key, as the API answers it.</summary>
    public static async Task<Answer> WidgetKeyAsync(this Org org, object? more = null)
    {
        var inbox = (await org.Api.PostAsync("inboxes", new { name = "Chat", channel = "chat" })).MustBe(201).Text("id");
        return (await org.Api.PostAsync($"inboxes/{inbox}/widget-keys", Json.Merge(new { name = "Shop", allowed_origins = new[] { Page } }, more))).MustBe(201);
    }

    /// <summary>Gets a token as a page does.</summary>
    public static Task<Answer> ComeAsync(this Org org, Answer key, object body, params (string, string)[] headers) =>
        org.World.Anonymous.PostAsync($"widget/{key.Text("key")}/tokens", body, headers);

    public static Api As(this Org org, Answer token) => new(org.World.Url, token.MustBe(201).Text("token"));

    public static long In(TimeSpan time) => DateTimeOffset.UtcNow.Add(time).ToUnixTimeSeconds();

    /// <summary>Claims that are good for half an hour.</summary>
    public static object Claims(string sub, object? more = null) => Json.Merge(new { sub, exp = In(TimeSpan.FromMinutes(30)) }, more);
}
