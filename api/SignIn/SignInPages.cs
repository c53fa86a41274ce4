using HeadlessSupport.Api.Access;
using HeadlessSupport.Api.Apps;
using HeadlessSupport.Api.Organizations;
using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Http;
using HeadlessSupport.Api.SignIn.Pages;
using HeadlessSupport.Api.SignIn.Sso;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.EntityFrameworkCore;
using OpenIddict.Abstractions;

namespace HeadlessSupport.Api.SignIn;

/// <summary>How a page looks: the organization's name, logo and colour.</summary>
/// <param name="Color">Six hexadecimal digits.</param>
public sealed record Look(string? Name, string? LogoUrl, string? Color)
{
    public static readonly Look Plain = new("HeadlessSupport", null, null);

    public static Look Of(Organization organization) => new(organization.Branding.ProductName ?? organization.Name, organization.Branding.LogoUrl, organization.Branding.PrimaryColor?[1..].ToLowerInvariant());
}

/// <summary>Shows the sign-in pages: small, without cookies of their own, and in nobody's frame.</summary>
internal sealed class SignInPages(IAntiforgery antiforgery, SystemDb system, PublicUrl publicUrl, SsoProviders providers)
{
    private const string Home = "/sign-in/security";
    private static readonly string[] Inside = ["/oauth/authorize?", "/oauth/verify", "/sign-in/join?", Home];

    /// <summary>Whether browsers make passkeys for this installation: they do for names, never for IP addresses.</summary>
    public bool HasPasskeys => Uri.CheckHostName(new Uri(publicUrl.Value).Host) == UriHostNameType.Dns;

    /// <summary>The way back that a page was given, if it leads to a page of ours.</summary>
    public static string Return(string? wanted) =>
        wanted is not null && Array.Exists(Inside, i => wanted.StartsWith(i, StringComparison.Ordinal)) && !wanted.AsSpan().ContainsAny('\\', '\r', '\n') ? wanted : Home;

    /// <summary>Whether the form came from a page of ours, in this browser.</summary>
    public Task<bool> IsOursAsync(HttpContext context) => antiforgery.IsRequestValidAsync(context);

    /// <summary>The look of whoever published the app that the way back leads to.</summary>
    public async Task<Look> LookAsync(string back, CancellationToken cancellationToken)
    {
        var query = back.IndexOf('?', StringComparison.Ordinal) is >= 0 and var at ? QueryHelpers.ParseQuery(back[at..]) : [];
        if (!query.TryGetValue("client_id", out var client) || !Id<OAuthApp>.TryParse(client, null, out var id))
            return Look.Plain;
        var organization = await system.ReadAcrossOrganizationsAsync(all => (
            from app in all.OAuthApps.AsNoTracking()
            join o in all.Organizations.AsNoTracking() on app.OrganizationId equals o.OrganizationId
            where app.Id == id
            select o).SingleOrDefaultAsync(cancellationToken));
        return organization is null ? Look.Plain : Look.Of(organization);
    }

    public IResult Show<T>(HttpContext context, Look look, int status = StatusCodes.Status200OK, params (string Name, object? Value)[] parameters) where T : IComponent
    {
        Protect(context, look);
        var all = parameters.ToDictionary(p => p.Name, p => p.Value, StringComparer.Ordinal);
        all["Look"] = look;
        all["FormToken"] = antiforgery.GetAndStoreTokens(context).RequestToken;
        return new RazorComponentResult<T>(all) { StatusCode = status, ContentType = "text/html; charset=utf-8" };
    }

    /// <summary>The first page, with all ways to sign in on the way back to <paramref name="back"/>.</summary>
    public async Task<IResult> SignInAsync(HttpContext context, string back, string? email, string? error, int status, CancellationToken cancellationToken) =>
        Show<SignInPage>(context, await LookAsync(back, cancellationToken), status, ("Return", back), ("Email", email), ("Error", error), ("HasPasskeys", HasPasskeys), ("Providers", await providers.ForAsync(back, cancellationToken)));

    public IResult Message(HttpContext context, string title, string text, string? href = null, string? link = null, int status = StatusCodes.Status200OK, Look? look = null) =>
        Show<MessagePage>(context, look ?? Look.Plain, status, ("Title", title), ("Text", text), ("Href", href), ("Link", link));

    public IResult Expired(HttpContext context) =>
        Message(context, "This page has expired", "Go back, load the page again and send it once more. Your browser must allow cookies of this site.", status: StatusCodes.Status400BadRequest);

    public IResult SignOut(HttpContext context) => Show<ConfirmPage>(context, Look.Plain, parameters:
        [("Title", "Sign out?"), ("Text", "An app asks to sign you out."), ("Action", "/sign-in/out"), ("Button", "Sign out")]);

    /// <summary>Asks the person; the form carries the whole request.</summary>
    public IResult Consent(HttpContext context, Authorization.Found found, OpenIddictRequest request, string action = "/oauth/authorize") => Show<ConsentPage>(context, Look.Of(found.In!.Organization), parameters:
    [
        ("App", found.App!.Name), ("WebsiteUrl", found.App.WebsiteUrl), ("Person", found.In.User.Name ?? found.In.User.Email), ("Action", action),
        ("Wishes", (IReadOnlyList<string>)[.. Wishes(found, request.GetScopes())]),
        ("Request", (IReadOnlyList<KeyValuePair<string, string>>)[.. request.GetParameters().Where(p => p.Key is not "consent" and not "form_token").Select(p => KeyValuePair.Create(p.Key, (string?)p.Value ?? ""))]),
    ]);

    private static IEnumerable<string> Wishes(Authorization.Found found, IEnumerable<string> scopes)
    {
        yield return "know your name and e-mail address";
        foreach (var scope in scopes.Where(s => found.App!.Scopes.Contains(s) && (found.Install is null || found.Install.Scopes.Contains(s))))
            yield return scope == AppScopes.Everything ? "do whatever you may do" : InAList(Array.Find(Vocabulary.Words, w => w.Name == scope)?.Allows ?? scope);
    }

    // The vocabulary's sentence, as one goes on after "It asks to:".
    private static string InAList(string sentence) => char.ToLowerInvariant(sentence[0]) + sentence[1..].TrimEnd('.');

    private static void Protect(HttpContext context, Look look)
    {
        var headers = context.Response.Headers;
        var images = look.LogoUrl is { } logo && Uri.TryCreate(logo, UriKind.Absolute, out var uri) ? " " + uri.GetLeftPart(UriPartial.Authority) : "";
        headers.ContentSecurityPolicy = $"default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self' data:{images}; base-uri 'none'; frame-ancestors 'none'";
        headers.XFrameOptions = "DENY";
        headers.XContentTypeOptions = "nosniff";
        // Links of mails carry secrets in their query.
        headers["Referrer-Policy"] = "no-referrer";
        headers.CacheControl = "no-store";
    }
}
