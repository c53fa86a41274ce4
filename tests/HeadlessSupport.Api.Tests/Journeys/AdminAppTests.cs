using HeadlessSupport.Api.Tests.Realtime;
using HeadlessSupport.Api.Tests.SignIn;

namespace HeadlessSupport.Api.Tests.Journeys;

public sealed class AdminAppTests
{
    [Fact]
    public async Task An_admin_app_works_with_its_tokens_listens_and_ends_with_its_session()
    {
        var org = await World.NewOrganizationAsync();
        var staff = await SignIn.Staff.NewAsync(org);
        var app = await OAuthClient.NewAsync(org);
        var first = await app.SignInAsync(staff);
        var tokens = OAuthClient.Tokens.Of(org.World, (await app.RefreshAsync(first.Refresh)).MustBe(200));
        await using var live = await LiveClient.StartAsync(org.World.Url, tokens.Access, inQuery: true);
        await live.FollowAsync();
        var ticket = (await tokens.Api.PostAsync("tickets", new { subject = "By hand", requester = new { email = "bob@customer.test" } })).MustBe(201).Text("id");
        await live.UntilAsync("event", e => e.Text("type") == "ticket.created" && e.Text("data/id") == ticket);

        (await org.Api.PostAsync($"sessions/{tokens.Claims.Text("sid")}/revoke")).MustBe(200);
        await live.Ended.Task.WaitAsync(TimeSpan.FromSeconds(60));
        (await tokens.Api.GetAsync("tickets")).MustRefuse(401, "unauthenticated");
        Assert.Equal(System.Net.HttpStatusCode.Unauthorized, (await Assert.ThrowsAsync<HttpRequestException>(() => LiveClient.StartAsync(org.World.Url, tokens.Access, inQuery: true))).StatusCode);
        Assert.Equal("invalid_grant", (await app.RefreshAsync(tokens.Refresh)).MustBe(400).Json.Text("error"));
    }
}
