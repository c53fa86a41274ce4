namespace HeadlessSupport.Api.Tests.SignIn;

/// <summary>From an invitation to the first sign-in.</summary>
public sealed class InvitationsTests
{
    [Fact]
    public async Task An_invited_colleague_joins_by_the_link_of_the_mail_and_signs_in()
    {
        var org = await World.NewOrganizationAsync();
        var email = $"new{Guid.CreateVersion7():N}@staff.test";
        var invitation = (await org.Api.PostAsync("invitations", new { email, name = "Nora", role = "manager" })).MustBe(201);
        var mail = await Mails.ToAsync(org.World, email, "Join Acme");
        using var browser = new Browser(org.World.Url);
        await browser.GetAsync(new Uri(mail.Link()).PathAndQuery);
        Assert.Equal("Join Acme", browser.Title);
        await browser.SubmitAsync("/sign-in/join", ("name", "Nora Berg"), ("password", "password123"));
        Assert.Equal(422, browser.Status);
        Assert.Contains("easy to guess", browser.Error, StringComparison.Ordinal);
        await browser.SubmitAsync("/sign-in/join", ("name", "Nora Berg"), ("password", Staff.GoodPassword));
        Assert.Equal("Welcome", browser.Title);

        var user = (await org.Api.GetAsync($"users/{invitation.Text("user_id")}")).MustBe(200).Json;
        Assert.True(user.GetProperty("can_sign_in").GetBoolean());
        Assert.NotNull((await org.Api.GetAsync($"invitations/{invitation.Text("id")}")).Json.Text("accepted_at"));
        var staff = new Staff(org, invitation.Text("user_id"), email, Staff.GoodPassword);
        var tokens = await (await OAuthClient.NewAsync(org)).SignInAsync(staff);
        (await tokens.Api.GetAsync("users")).MustBe(200);
        // The link was good once.
        await browser.GetAsync(new Uri(mail.Link()).PathAndQuery);
        Assert.Equal((404, "This invitation cannot be used"), (browser.Status, browser.Title));
        Assert.Equal(["invitation.created", "user.joined", "invitation.accepted"], (await org.AllEventsAsync("events?types=invitation.*,user.joined")).Select(e => e.Text("type")).Order(new Joined()));
    }

    [Fact]
    public async Task Whoever_has_a_login_joins_a_second_organization_with_it()
    {
        var (one, two) = (await World.NewOrganizationAsync(), await World.NewOrganizationAsync(new { name = "Globex" }));
        var staff = await Staff.NewAsync(one);
        (await two.Api.PostAsync("invitations", new { email = staff.Email, name = "Stella" })).MustBe(201);
        var mail = await Mails.ToAsync(two.World, staff.Email, "Join Globex");
        using var stranger = new Browser(two.World.Url);
        await stranger.GetAsync(new Uri(mail.Link()).PathAndQuery);
        // The link alone does not open a login that exists already.
        Assert.Contains("You have an account with this address already.", stranger.Page, StringComparison.Ordinal);
        await stranger.GetAsync(stranger.Link("/sign-in?return=")!);
        await stranger.SubmitAsync("/sign-in", ("email", staff.Email), ("password", staff.Password));
        Assert.Equal("Join Globex", stranger.Title);
        await stranger.SubmitAsync("/sign-in/join");
        Assert.Equal("Welcome", stranger.Title);
    }

    [Fact]
    public async Task An_invitation_sent_again_or_revoked_makes_the_link_before_useless()
    {
        var org = await World.NewOrganizationAsync();
        var email = $"new{Guid.CreateVersion7():N}@staff.test";
        var user = (await org.Api.PostAsync("users", new { email, name = "Nora", role = "agent" })).MustBe(201).Text("id");
        var invitation = (await org.Api.PostAsync("invitations", new { user_id = user })).MustBe(201).Text("id");
        var first = await Mails.ToAsync(org.World, email, "Join Acme");
        (await org.Api.PostAsync($"invitations/{invitation}/send")).MustBe(200);
        using var browser = new Browser(org.World.Url);
        await browser.GetAsync(new Uri(first.Link()).PathAndQuery);
        Assert.Equal(404, browser.Status);
        (await org.Api.PostAsync($"invitations/{invitation}/revoke")).MustBe(200);
        (await org.Api.PostAsync($"invitations/{invitation}/send")).MustRefuse(409, "conflict");
    }

    [Fact]
    public async Task Whom_one_cannot_invite()
    {
        var org = await World.NewOrganizationAsync();
        (await org.Api.PostAsync("invitations", new { })).MustRefuse(422, "validation_failed", "/email");
        (await org.Api.PostAsync("invitations", new { email = "c@customer.test", role = "customer" })).MustRefuse(422, "validation_failed", "/role");
        (await org.Api.PostAsync("invitations", new { email = "no address" })).MustRefuse(422, "validation_failed", "/email");
        (await org.Api.PostAsync("invitations", new { email = "admin@acme.test" })).MustRefuse(409, "already_exists", "/email");
        (await org.Api.PostAsync("invitations", new { user_id = "usr_01h455vb4pex5vsknk084sn02q" })).MustRefuse(422, "validation_failed", "/user_id");
        (await org.Api.PostAsync("invitations", new { user_id = org.AdminId, email = "x@acme.test" })).MustRefuse(422, "validation_failed", "/user_id");
        var customer = (await org.Api.PostAsync("users", new { email = "c@customer.test" })).MustBe(201).Text("id");
        (await org.Api.PostAsync("invitations", new { user_id = customer })).MustRefuse(422, "validation_failed", "/user_id");
        (await org.Api.PostAsync("invitations", new { user_id = org.AdminId })).MustBe(201);
        (await org.Api.PostAsync("invitations", new { user_id = org.AdminId })).MustRefuse(409, "already_exists", "/user_id");
        var staff = await Staff.NewAsync(org);
        (await org.Api.PostAsync("invitations", new { user_id = staff.UserId })).MustRefuse(409, "conflict", "/user_id");
    }

    // Both are of one moment: which is first is not promised.
    private sealed class Joined : IComparer<string?>
    {
        private static readonly string[] Order = ["invitation.created", "user.joined", "invitation.accepted"];

        public int Compare(string? x, string? y) => Array.IndexOf(Order, x).CompareTo(Array.IndexOf(Order, y));
    }
}
