using HeadlessSupport.Api.Access;
using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Tenancy;
using HeadlessSupport.Api.SignIn;
using HeadlessSupport.Api.Tests.Platform.Mail;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace HeadlessSupport.Api.Tests.SignIn;

/// <summary>The keys that sign tokens change, and nobody notices. Alone, since it takes away the key of everybody's tokens.</summary>
[Collection(nameof(Alone))]
public sealed class SigningKeysTests
{
    [Fact]
    public async Task A_new_key_is_published_before_it_signs_and_the_old_one_until_it_ends()
    {
        var org = await World.NewOrganizationAsync();
        var staff = await Staff.NewAsync(org);
        var app = await OAuthClient.NewAsync(org);
        var services = org.World.Services;
        var keys = services.GetRequiredService<SigningKeys>();
        await using var accounts = await services.GetRequiredService<IDbContextFactory<AccountsDb>>().CreateDbContextAsync();
        // As it is 59 days after the start.
        await accounts.SigningKeys.ExecuteDeleteAsync();
        await MakeAsync(services, TimeSpan.FromDays(-59));
        await keys.RefreshAsync(default);
        var first = await app.SignInAsync(staff);
        var old = Assert.Single(await PublishedAsync(org.World));
        Assert.Equal(old, KeyOf(first));
        (await first.Api.GetAsync("tickets")).MustBe(200);

        // Now the next is due.
        await accounts.SigningKeys.ExecuteUpdateAsync(k => k.SetProperty(x => x.CreatedAt, x => x.CreatedAt.AddDays(-30)));
        await keys.RefreshAsync(default);
        var announced = await PublishedAsync(org.World);
        Assert.Equal(2, announced.Count);
        Assert.Contains(old, announced);
        Assert.Equal(old, KeyOf(await app.SignInAsync(staff)));
        // There is one to come already: no other is made.
        await keys.RefreshAsync(default);
        Assert.Equal(announced, await PublishedAsync(org.World));

        // As it is two days later: instead of the next, one that was made more than two days ago.
        var next = await accounts.SigningKeys.OrderByDescending(k => k.CreatedAt).Select(k => k.Id).FirstAsync();
        await accounts.SigningKeys.Where(k => k.Id == next).ExecuteDeleteAsync();
        await MakeAsync(services, TimeSpan.FromHours(-49));
        await keys.RefreshAsync(default);
        var second = await app.SignInAsync(staff);
        var both = await PublishedAsync(org.World);
        Assert.Equal(2, both.Count);
        Assert.NotEqual(old, KeyOf(second));
        Assert.Contains(KeyOf(second), both);
        (await first.Api.GetAsync("tickets")).MustBe(200);
        (await second.Api.GetAsync("tickets")).MustBe(200);
        var third = OAuthClient.Tokens.Of(org.World, (await app.RefreshAsync(first.Refresh)).MustBe(200));
        Assert.Equal(KeyOf(second), KeyOf(third));

        // Another node of the same installation knows both.
        await using (var node = await Node.StartAsync(org.World, ("PublicUrl", org.World.Url.ToString())))
        {
            (await new Api(node.Url, first.Access).GetAsync("tickets")).MustBe(200);
            (await new Api(node.Url, second.Access).GetAsync("tickets")).MustBe(200);
        }

        await accounts.SigningKeys.Where(k => k.CreatedAt < TimeProvider.System.GetUtcNow().AddDays(-30)).ExecuteUpdateAsync(k => k.SetProperty(x => x.NotAfter, TimeProvider.System.GetUtcNow().AddMinutes(-1)));
        await keys.RefreshAsync(default);
        Assert.Equal([KeyOf(second)], await PublishedAsync(org.World));
        services.GetRequiredService<CredentialCache>().Drop(Id<Tenant>.Parse(org.Id, null));
        (await first.Api.GetAsync("tickets")).MustRefuse(401, "unauthenticated");
        (await second.Api.GetAsync("tickets")).MustBe(200);
    }

    private static async Task MakeAsync(IServiceProvider services, TimeSpan ahead)
    {
        using var keys = new SigningKeys(services.GetRequiredService<IDbContextFactory<AccountsDb>>(), services.GetRequiredService<SecretBox>(), new MovedTime { Ahead = ahead }, NullLogger<SigningKeys>.Instance);
        await keys.MakeAsync(default);
    }

    private static async Task<List<string>> PublishedAsync(World world) =>
        [.. (await world.Anonymous.GetAsync("/.well-known/jwks")).MustBe(200).Json.GetProperty("keys").EnumerateArray().Select(k => k.Text("kid")!).Order(StringComparer.Ordinal)];

    private static string KeyOf(OAuthClient.Tokens tokens) =>
        System.Text.Json.JsonSerializer.Deserialize<System.Text.Json.JsonElement>(Microsoft.AspNetCore.WebUtilities.WebEncoders.Base64UrlDecode(tokens.Access.Split('.')[0])).Text("kid")!;
}
