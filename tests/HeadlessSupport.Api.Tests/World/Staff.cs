namespace HeadlessSupport.Api.Tests;

/// <summary>Staff of an organization, each with a key that acts as them and may all that they may.</summary>
internal sealed class Staff(Org org)
{
    private int made;

    /// <summary>The last one's user.</summary>
    public string UserId { get; private set; } = "";

    /// <summary>Of a built-in role.</summary>
    public Task<Api> OfAsync(string role) => KeyAsync(new { email = Email(), name = role, role }, [.. HeadlessSupport.Api.Access.Vocabulary.Of(role)]);

    /// <summary>With a role of the organization's own.</summary>
    public async Task<Api> WithRoleAsync(string[] permissions, string[]? teams = null)
    {
        var role = (await org.Api.PostAsync("roles", new { name = Email(), permissions, team_ids = teams ?? [] })).MustBe(201).Text("id");
        return await KeyAsync(new { email = Email(), role = "agent", role_id = role }, permissions);
    }

    private string Email() => $"staff{++made}@staff.test";

    private async Task<Api> KeyAsync(object user, string[] scopes)
    {
        UserId = (await org.Api.PostAsync("users", user)).MustBe(201).Text("id");
        return new(org.World.Url, (await org.Api.PostAsync("api-keys", new { name = "Staff", user_id = UserId, scopes })).MustBe(201).Text("secret"));
    }
}
