using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace HeadlessSupport.Sdk.Tests.AspNetCore;

public sealed class EndUserTokenEndpointTests
{
    private const string WidgetSecret = "whk_secret_of_a_widget";

    [Fact]
    public async Task Who_is_signed_in_gets_a_token_that_nothing_keeps()
    {
        string? asked = null;
        await using var site = await SiteAsync(request =>
        {
            asked = $"{request.Method} {request.RequestUri!.AbsolutePath} {request.Content!.ReadAsStringAsync().GetAwaiter().GetResult()}";
            return Json(HttpStatusCode.Created, """{"token":"hs_eut_abc","expires_at":"2026-01-02T03:04:05Z","user":{"id":"usr_1","email":"mia@shop.example"}}""");
        });

        using var answer = await PostAsync(site, "/support/token", "4711");

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("""{"token":"hs_eut_abc","expires_at":"2026-01-02T03:04:05+00:00"}""", await answer.Content.ReadAsStringAsync());
        Assert.Equal("application/json", answer.Content.Headers.ContentType?.MediaType);
        Assert.True(answer.Headers.CacheControl?.NoStore);
        Assert.Equal("""POST /api/v1/end-user-tokens {"user":{"external_id":"4711"}}""", asked);
    }

    [Fact]
    public async Task The_longer_form_binds_the_token()
    {
        string? asked = null;
        await using var site = await SiteAsync(request =>
        {
            asked = request.Content!.ReadAsStringAsync().GetAwaiter().GetResult();
            return Json(HttpStatusCode.Created, """{"token":"hs_eut_abc","expires_at":"2026-01-02T03:04:05Z","user":{"id":"usr_1"}}""");
        });

        using var answer = await PostAsync(site, "/support/bound-token", "4711");
        using var nobody = await PostAsync(site, "/support/bound-token", null);

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Unauthorized), (answer.StatusCode, nobody.StatusCode));
        Assert.Equal("""{"user":{"external_id":"4711"},"widget_key":"wk_live_1"}""", asked);
    }

    [Theory]
    [InlineData("/support/token")]
    [InlineData("/support/jwt")]
    public async Task Nobody_gets_401(string path)
    {
        await using var site = await SiteAsync(_ => throw new InvalidOperationException("The API is not asked."));

        using var answer = await PostAsync(site, path, null);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        Assert.True(answer.Headers.CacheControl?.NoStore);
    }

    [Theory]
    [InlineData("/support/token")]
    [InlineData("/support/jwt")]
    public async Task Only_POST_gives_anything(string path)
    {
        await using var site = await SiteAsync(_ => throw new InvalidOperationException("The API is not asked."));

        using var answer = await site.Http.GetAsync(path);

        Assert.Equal(HttpStatusCode.MethodNotAllowed, answer.StatusCode);
    }

    [Fact]
    public async Task A_refusal_of_the_API_is_logged_and_not_told_to_the_page()
    {
        await using var site = await SiteAsync(_ => Json(HttpStatusCode.Forbidden, """{"status":403,"code":"forbidden","detail":"The key lacks end_users.mint."}"""));

        using var answer = await PostAsync(site, "/support/token", "4711");

        Assert.Equal(HttpStatusCode.BadGateway, answer.StatusCode);
        Assert.True(answer.Headers.CacheControl?.NoStore);
        Assert.DoesNotContain("end_users.mint", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Contains("The key lacks end_users.mint.", site.Logged, StringComparison.Ordinal);
        Assert.DoesNotContain("hs_test_key", site.Logged, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_is_signed_in_gets_a_JWT_signed_by_the_widgets_secret()
    {
        await using var site = await SiteAsync(_ => throw new InvalidOperationException("The API is not asked."));

        using var answer = await PostAsync(site, "/support/jwt", "4711");

        Assert.True(answer.Headers.CacheControl?.NoStore);
        using var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        Assert.Equal(EndUserJwt.Create(WidgetSecret, "4711", "mia@shop.example", "Mia", time: new Stopped()), Assert.Single(json.RootElement.EnumerateObject(), p => p.Name == "jwt").Value.GetString());
    }

    [Fact]
    public async Task A_JWT_needs_your_own_id()
    {
        await using var site = await Site.StartAsync(null, app => app.MapHeadlessSupportEndUserJwt("/support/jwt", WidgetSecret, _ => new PersonReference { Email = "mia@shop.example" }));

        using var answer = await PostAsync(site, "/support/jwt", null);

        Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
        Assert.Contains("set ExternalId", site.Logged, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_may_be_kept_to_signed_in_people_by_the_program_itself()
    {
        await using var site = await Site.StartAsync(
            builder =>
            {
                builder.Services.AddAuthentication().AddBearerToken();
                builder.Services.AddAuthorization();
            },
            app =>
            {
                app.UseAuthentication();
                app.UseAuthorization();
                app.MapHeadlessSupportEndUserJwt("/support/jwt", WidgetSecret, _ => new PersonReference { ExternalId = "4711" }).RequireAuthorization();
            });

        using var answer = await PostAsync(site, "/support/jwt", null);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Empty(await answer.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public void Without_a_client_the_program_does_not_start()
    {
        var app = WebApplication.CreateSlimBuilder().Build();

        var refused = Assert.Throws<InvalidOperationException>(() => app.MapHeadlessSupportEndUserToken("/support/token", _ => null));

        Assert.Contains("AddHeadlessSupport", refused.Message, StringComparison.Ordinal);
    }

    /// <summary>A site whose visitors say by a header who they are.</summary>
    private static Task<Site> SiteAsync(Func<HttpRequestMessage, HttpResponseMessage> api) => Site.StartAsync(
        builder =>
        {
            builder.Services.AddSingleton<TimeProvider>(new Stopped());
            builder.Services.AddHeadlessSupport(o => (o.ApiKey, o.BaseAddress, o.MaxRetries) = ("hs_test_key", new Uri("https://support.example"), 0))
                .ConfigurePrimaryHttpMessageHandler(() => new Answering(api));
        },
        app =>
        {
            app.MapHeadlessSupportEndUserToken("/support/token", context => SignedIn(context) is { } id ? new PersonReference { ExternalId = id } : null);
            app.MapHeadlessSupportEndUserToken("/support/bound-token", async (context, ct) =>
            {
                await Task.Yield();
                return SignedIn(context) is { } id ? new CreateEndUserTokenRequest { User = new() { ExternalId = id }, WidgetKey = "wk_live_1" } : null;
            });
            app.MapHeadlessSupportEndUserJwt("/support/jwt", WidgetSecret, context => SignedIn(context) is { } id ? new PersonReference { ExternalId = id, Email = "mia@shop.example", Name = "Mia" } : null);
        });

    private static string? SignedIn(HttpContext context) => context.Request.Headers["X-Signed-In"] is [{ Length: > 0 } id] ? id : null;

    private static HttpResponseMessage Json(HttpStatusCode status, string body) => new(status)
    {
        Content = new StringContent(body, Encoding.UTF8, status >= HttpStatusCode.BadRequest ? "application/problem+json" : "application/json"),
    };

    private static async Task<HttpResponseMessage> PostAsync(Site site, string path, string? id)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path);
        if (id is not null)
            request.Headers.Add("X-Signed-In", id);
        return await site.Http.SendAsync(request);
    }

    private sealed class Stopped : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => new(2031, 5, 1, 12, 0, 0, TimeSpan.Zero);
    }
}
