namespace HeadlessSupport.Api.Tests.SignIn;

/// <summary>Domains that an organization proves to be its own.</summary>
public sealed class DomainsTests
{
    [Fact]
    public async Task A_domain_counts_once_its_record_is_in_the_DNS()
    {
        var org = await World.NewOrganizationAsync();
        var name = $"d{Guid.CreateVersion7():N}.test";
        var domain = (await org.Api.PostAsync("domains", new { domain = name.ToUpperInvariant() })).MustBe(201).Json;
        Assert.Equal((name, "_headless-support." + name), (domain.Text("domain"), domain.Text("record_name")));
        Assert.True(domain.IsNull("verified_at"));
        var verify = $"domains/{domain.Id()}/verify";
        Assert.Contains(domain.Text("record_value")!, (await org.Api.PostAsync(verify)).MustRefuse(409, "conflict").Text("detail"), StringComparison.Ordinal);
        org.World.Dns.Say(domain.Text("record_name")!, "something else");
        (await org.Api.PostAsync(verify)).MustRefuse(409, "conflict");
        org.World.Dns.Say(domain.Text("record_name")!, domain.Text("record_value")!);
        Assert.False((await org.Api.PostAsync(verify)).MustBe(200).Json.IsNull("verified_at"));
        (await org.Api.PostAsync("domains", new { domain = name })).MustRefuse(409, "already_exists", "/domain");
        (await org.Api.DeleteAsync($"domains/{domain.Id()}")).MustBe(204);
        Assert.Equal(["domain.created", "domain.verified", "domain.deleted"], (await org.AllEventsAsync("events?types=domain.*")).Select(e => e.Text("type")));
    }

    [Fact]
    public async Task A_domain_is_verified_by_one_organization_only()
    {
        var (acme, globex) = (await World.NewOrganizationAsync(), await World.NewOrganizationAsync());
        var name = $"d{Guid.CreateVersion7():N}.test";
        var own = await SsoOrg.VerifyAsync(acme, name);
        var other = (await globex.Api.PostAsync("domains", new { domain = name })).MustBe(201);
        // What the first was told proves nothing of the second.
        (await globex.Api.PostAsync($"domains/{other.Text("id")}/verify")).MustRefuse(409, "conflict");
        globex.World.Dns.Say(other.Text("record_name"), other.Text("record_value"));
        Assert.Contains("Another organization", (await globex.Api.PostAsync($"domains/{other.Text("id")}/verify")).MustRefuse(409, "conflict").Text("detail"), StringComparison.Ordinal);
        (await acme.Api.DeleteAsync($"domains/{own}")).MustBe(204);
        (await globex.Api.PostAsync($"domains/{other.Text("id")}/verify")).MustBe(200);
    }

    [Fact]
    public async Task A_connection_no_longer_vouches_for_a_domain_that_is_deleted()
    {
        await using var sso = await SsoOrg.NewAsync();
        using var before = await sso.ComeBackAsync(sso.Bob());
        Assert.NotEmpty(OAuthClient.Brought(before));
        (await sso.Org.Api.DeleteAsync($"domains/{(await sso.Org.Api.GetAsync("domains")).Ids().Single()}")).MustBe(204);
        using var after = await sso.ComeBackAsync(sso.Bob());
        Assert.Equal((401, "Sign in"), (after.Status, after.Title));
    }

    [Theory]
    [InlineData("localhost")]
    [InlineData("a b.test")]
    [InlineData("a@b.test")]
    [InlineData("https://acme.test")]
    [InlineData("10.0.0.1")]
    public async Task What_is_no_domain_is_refused(string domain) =>
        (await (await World.NewOrganizationAsync()).Api.PostAsync("domains", new { domain })).MustRefuse(422, "validation_failed", "/domain");
}
