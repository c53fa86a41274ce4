using HeadlessSupport.Api.Access;
using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Tenancy;
using HeadlessSupport.Api.SignIn;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace HeadlessSupport.Api.Tests.SignIn;

/// <summary>Sessions: seen, ended, and run out.</summary>
public sealed class SessionsTests
{
    [Fact]
    public async Task One_sees_and_ends_ones_own_sessions_and_the_browser_must_sign_in_anew()
    {
        var org = await World.NewOrganizationAsync();
        var (staff, other) = (await Staff.NewAsync(org), await Staff.NewAsync(org));
        var app = await OAuthClient.NewAsync(org);
        using var browser = await staff.SignInAsync();
        var first = await app.SignInAsync(staff, browser);
        var second = await app.SignInAsync(staff);
        var others = await app.SignInAsync(other);
        var mine = (await first.Api.GetAsync("sessions")).Items();
        Assert.Equal(2, mine.Count);
        Assert.All(mine, s => Assert.Equal((staff.UserId, "Desk", app.ClientId), (s.Text("user_id"), s.Text("app_name"), s.Text("app_id"))));
        var theirs = (await others.Api.GetAsync("sessions")).Items().Single().Id();
        (await first.Api.GetAsync($"sessions/{theirs}")).MustRefuse(404, "not_found");
        (await first.Api.PostAsync($"sessions/{theirs}/revoke")).MustRefuse(404, "not_found");
        (await first.Api.GetAsync("sessions?user=all")).MustRefuse(403, "forbidden");
        (await first.Api.PostAsync($"users/{other.UserId}/revoke-sessions")).MustRefuse(403, "forbidden");

        var session = first.Claims.Text("sid");
        (await second.Api.PostAsync($"sessions/{session}/revoke")).MustBe(200);
        // What has ended already does not end again.
        (await second.Api.PostAsync($"sessions/{session}/revoke")).MustBe(200);
        Assert.Single((await org.Api.GetAsync($"audit-log?action=session.revoked&target={session}")).Items());
        (await first.Api.GetAsync("tickets")).MustRefuse(401, "unauthenticated");
        Assert.Equal("invalid_grant", (await app.RefreshAsync(first.Refresh)).MustBe(400).Json.Text("error"));
        await browser.GetAsync(app.AuthorizeUrl());
        Assert.Equal("Sign in", browser.Title);
        (await second.Api.GetAsync("tickets")).MustBe(200);
        (await others.Api.GetAsync("tickets")).MustBe(200);
    }

    [Fact]
    public async Task An_admin_ends_all_sessions_of_someone()
    {
        var org = await World.NewOrganizationAsync();
        var staff = await Staff.NewAsync(org);
        var app = await OAuthClient.NewAsync(org);
        var (one, two) = (await app.SignInAsync(staff), await app.SignInAsync(staff));
        Assert.Equal(2, (await org.Api.GetAsync("sessions?user=all")).Items().Count);
        Assert.Equal(2, (await org.Api.PostAsync($"users/{staff.UserId}/revoke-sessions")).MustBe(200).Json.Int("revoked"));
        (await one.Api.GetAsync("tickets")).MustRefuse(401, "unauthenticated");
        (await two.Api.GetAsync("tickets")).MustRefuse(401, "unauthenticated");
        Assert.Empty((await org.Api.GetAsync("sessions?user=all")).Items());
        Assert.Equal(2, (await org.Api.GetAsync("sessions?user=all&ended=true")).Items().Count);
    }

    [Fact]
    public async Task A_session_ends_when_it_was_not_used_or_lasted_long_enough()
    {
        var org = await World.NewOrganizationAsync();
        (await org.Api.PatchAsync("organization", new { security = new { session_idle_minutes = 5, session_max_minutes = 5 } })).MustBe(200);
        var staff = await Staff.NewAsync(org);
        var app = await OAuthClient.NewAsync(org);
        var tokens = await app.SignInAsync(staff);
        Assert.InRange(DateTimeOffset.Parse((await tokens.Api.GetAsync("sessions")).Items().Single().Text("ends_at")!) - TimeProvider.System.GetUtcNow(), TimeSpan.FromMinutes(4), TimeSpan.FromMinutes(5));
        await AgeAsync(org, tokens, "last_seen_at");
        (await tokens.Api.GetAsync("tickets")).MustRefuse(401, "unauthenticated");
        Assert.Equal("invalid_grant", (await app.RefreshAsync(tokens.Refresh)).MustBe(400).Json.Text("error"));
        var next = await app.SignInAsync(staff);
        await AgeAsync(org, next, "ends_at");
        (await next.Api.GetAsync("tickets")).MustRefuse(401, "unauthenticated");
    }

    [Fact]
    public async Task Whoever_is_deactivated_or_demoted_feels_it_at_once()
    {
        var org = await World.NewOrganizationAsync();
        var staff = await Staff.NewAsync(org, "admin");
        var app = await OAuthClient.NewAsync(org);
        var tokens = await app.SignInAsync(staff);
        (await tokens.Api.GetAsync("api-keys")).MustBe(200);
        (await org.Api.PatchAsync($"users/{staff.UserId}", new { role = "agent" })).MustBe(200);
        (await Try.UntilAsync(403, () => tokens.Api.GetAsync("api-keys"))).MustRefuse(403, "forbidden");
        (await org.Api.PostAsync($"users/{staff.UserId}/deactivate")).MustBe(200);
        (await Try.UntilAsync(401, () => tokens.Api.GetAsync("tickets"))).MustRefuse(401, "unauthenticated");
        Assert.Equal("invalid_grant", (await app.RefreshAsync(tokens.Refresh)).MustBe(400).Json.Text("error"));
    }

    // Its times are real, so a test moves the session and not the clock.
    private static async Task AgeAsync(Org org, OAuthClient.Tokens tokens, string column)
    {
        var organization = Id<Tenant>.Parse(org.Id, null);
        await using var owner = new NpgsqlConnection(org.World.OwnerConnectionString);
        await owner.OpenAsync();
        await using var age = new NpgsqlBatch(owner)
        {
            BatchCommands =
            {
                new("select set_config('app.organization_id', $1, false)") { Parameters = { new() { Value = organization.Value.ToString() } } },
                new($"update sessions set {column} = now() - interval '10 minutes' where id = $1") { Parameters = { new() { Value = Id<Session>.Parse(tokens.Claims.Text("sid")!, null).Value } } },
            },
        };
        await age.ExecuteNonQueryAsync();
        // A stored answer is good for five seconds.
        org.World.Services.GetRequiredService<CredentialCache>().Drop(organization);
    }
}
