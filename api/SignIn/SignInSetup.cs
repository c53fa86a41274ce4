using HeadlessSupport.Api.Access;
using HeadlessSupport.Api.Apps;
using HeadlessSupport.Api.Platform;
using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Http;
using HeadlessSupport.Api.Platform.Jobs;
using HeadlessSupport.Api.Platform.Mail;
using HeadlessSupport.Api.SignIn.Sso;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using OpenIddict.Abstractions;
using OpenIddict.EntityFrameworkCore.Models;
using OpenIddict.Server;
using OpenIddict.Validation;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace HeadlessSupport.Api.SignIn;

internal static class SignInSetup
{
    /// <summary>How long an access token is good, where nothing ends it before.</summary>
    internal static readonly TimeSpan AccessTokenLasts = TimeSpan.FromMinutes(15);

    public static IServiceCollection AddSignIn(this IServiceCollection services, IConfiguration configuration)
    {
        var publicUrl = PlatformSettings.Read(configuration).PublicUrl;
        services.AddDbContextFactory<AccountsDb>((p, options) => options.UseNpgsql(p.GetRequiredService<SystemDataSource>().Value).UseSnakeCaseNamingConvention());
        services.AddScoped(p => p.GetRequiredService<IDbContextFactory<AccountsDb>>().CreateDbContext());
        services.AddLogins(new Uri(publicUrl));
        services.AddOAuth(new Uri(publicUrl));
        services.AddSso(configuration, new Uri(publicUrl));
        services.AddSingleton<Memberships>();
        services.AddSingleton<IBearer, AccessTokenBearer>();
        services.AddScoped<Authorization>();
        services.AddScoped<Tokens>();
        services.AddScoped<SessionWatch>();
        services.AddScoped<SignInPages>();
        services.AddScoped<Authenticators>();
        services.AddScoped<Passwords>();
        services.AddScoped<Joining>();
        services.AddScoped<SignInAudit>();
        services.AddScoped<AccountEndpoints.Change>();
        services.AddScoped<SessionsEnd>();
        services.AddScoped<IMailComposer, PasswordResetComposer>();
        services.AddSingleton<SignInTries>();
        services.AddRazorComponents();
        services.AddAntiforgery(o =>
        {
            o.Cookie.Name = "hs_form";
            o.FormFieldName = "form_token";
        });
        return services.AddRecurring<SweepSignInJob>("sweep-sign-in", job => job.RunAsync(CancellationToken.None), "17 4 * * *");
    }

    private static void AddLogins(this IServiceCollection services, Uri publicUrl)
    {
        services.AddIdentityCore<Login>(o =>
        {
            o.User.RequireUniqueEmail = true;
            // Addresses are their names.
            o.User.AllowedUserNameCharacters = "";
            o.Password.RequiredLength = Passwords.Shortest;
            o.Password.RequireDigit = o.Password.RequireLowercase = o.Password.RequireUppercase = o.Password.RequireNonAlphanumeric = false;
            o.Lockout.MaxFailedAccessAttempts = 10;
            o.Lockout.DefaultLockoutTimeSpan = TimeSpan.FromMinutes(15);
            o.Stores.SchemaVersion = IdentitySchemaVersions.Version3;
        }).AddEntityFrameworkStores<AccountsDb>().AddSignInManager().AddDefaultTokenProviders().AddPasswordValidator<GuessablePasswords>();
        services.Configure<DataProtectionTokenProviderOptions>(o => o.TokenLifespan = TimeSpan.FromHours(2));
        services.Configure<IdentityPasskeyOptions>(o =>
        {
            o.ServerDomain = publicUrl.Host;
            o.UserVerificationRequirement = "required";
            o.ResidentKeyRequirement = "required";
            // Our pages send no referrer, and browsers then say "null" in the form's Origin header, which Identity would look at.
            var origin = publicUrl.GetLeftPart(UriPartial.Authority);
            o.ValidateOrigin = at => ValueTask.FromResult(!at.CrossOrigin && at.Origin == origin);
        });
        services.Configure<SecurityStampValidatorOptions>(o =>
        {
            // Looked at with each page: a changed password signs out other browsers at once.
            o.ValidationInterval = TimeSpan.Zero;
            o.OnRefreshingPrincipal = SignInCookie.KeepAsync;
        });
        services.AddAuthentication().AddIdentityCookies(cookies =>
        {
            cookies.ApplicationCookie!.Configure(o => Harden(o, "hs_sign_in", publicUrl, TimeSpan.FromHours(12)));
            cookies.TwoFactorUserIdCookie!.Configure(o => Harden(o, "hs_sign_in_half", publicUrl, TimeSpan.FromMinutes(10)));
        });
    }

    private static void Harden(CookieAuthenticationOptions options, string name, Uri publicUrl, TimeSpan lasts)
    {
        options.Cookie.Name = name;
        options.Cookie.HttpOnly = true;
        options.Cookie.SameSite = SameSiteMode.Lax;
        options.Cookie.SecurePolicy = publicUrl.Scheme == Uri.UriSchemeHttps ? CookieSecurePolicy.Always : CookieSecurePolicy.SameAsRequest;
        options.ExpireTimeSpan = lasts;
        options.SlidingExpiration = false;
    }

    private static void AddOAuth(this IServiceCollection services, Uri issuer)
    {
        services.AddSingleton<SigningKeys>();
        services.AddHostedService(p => p.GetRequiredService<SigningKeys>());
        services.AddSingleton<IConfigureOptions<OpenIddictServerOptions>>(p => p.GetRequiredService<SigningKeys>());
        services.AddSingleton<IOptionsChangeTokenSource<OpenIddictServerOptions>>(p => p.GetRequiredService<SigningKeys>());
        services.AddSingleton<IOptionsChangeTokenSource<OpenIddictValidationOptions>, KnownKeys>();
        services.AddOpenIddict()
            .AddCore(core =>
            {
                core.UseEntityFrameworkCore().UseDbContext<AccountsDb>().ReplaceDefaultEntities<Guid>();
                core.ReplaceApplicationManager<OpenIddictEntityFrameworkCoreApplication<Guid>, AppManager>();
            })
            .AddServer(server =>
            {
                server.SetIssuer(issuer)
                    .SetAuthorizationEndpointUris("oauth/authorize")
                    .SetTokenEndpointUris("oauth/token")
                    .SetDeviceAuthorizationEndpointUris("oauth/device")
                    .SetEndUserVerificationEndpointUris("oauth/verify")
                    .SetIntrospectionEndpointUris("oauth/introspect")
                    .SetRevocationEndpointUris("oauth/revoke")
                    .SetUserInfoEndpointUris("oauth/userinfo")
                    .SetEndSessionEndpointUris("oauth/logout")
                    .AllowAuthorizationCodeFlow().RequireProofKeyForCodeExchange()
                    .AllowRefreshTokenFlow().AllowClientCredentialsFlow().AllowDeviceAuthorizationFlow()
                    .SetAccessTokenLifetime(AccessTokenLasts)
                    // The session says when it ends; this is only the longest that one can last.
                    .SetRefreshTokenLifetime(TimeSpan.FromDays(366))
                    .SetRefreshTokenReuseLeeway(TimeSpan.Zero)
                    .UseReferenceRefreshTokens()
                    .DisableAccessTokenEncryption()
                    .RegisterScopes([.. Vocabulary.All, AppScopes.Everything, OpenIddictConstants.Scopes.Profile, OpenIddictConstants.Scopes.Email])
                    .RegisterClaims(OpenIddictConstants.Claims.Name, OpenIddictConstants.Claims.Email, OpenIddictConstants.Claims.Locale, TokenClaims.Organization, TokenClaims.Session);
                server.Configure(o => o.CodeChallengeMethods.Remove(OpenIddictConstants.CodeChallengeMethods.Plain));
                server.AddEventHandler<ApplyTokenResponseContext>(b => b.UseScopedHandler<SessionWatch>().SetOrder(int.MinValue + 100_000));
                server.AddEventHandler<HandleRevocationRequestContext>(b => b.UseScopedHandler<SessionWatch>().SetOrder(int.MinValue + 200_000));
                server.AddEventHandler<HandleIntrospectionRequestContext>(b => b.UseScopedHandler<SessionWatch>().SetOrder(int.MinValue + 200_000));
                server.UseAspNetCore()
                    // Whether the outside speaks TLS is said by PublicUrl; behind a proxy it often ends before us.
                    .DisableTransportSecurityRequirement()
                    .EnableAuthorizationEndpointPassthrough().EnableTokenEndpointPassthrough().EnableUserInfoEndpointPassthrough()
                    .EnableEndSessionEndpointPassthrough().EnableEndUserVerificationEndpointPassthrough()
                    .EnableErrorPassthrough();
            })
            .AddValidation(validation => validation.UseLocalServer());
    }

    /// <summary>
    /// OpenIddict and the cookies look at our sign-in pages and OAuth's endpoints only. Elsewhere a request has a bearer
    /// credential or none, and is not asked a dozen questions of a protocol it does not speak.
    /// </summary>
    public static void UseSignIn(this WebApplication app)
    {
        app.UseWhen(IsSignIn, branch => branch.UseAuthentication());
        app.UseWhen(context => !IsSignIn(context), branch => branch.Use(BearerAuthentication.LetIn));
        // Else the host would put it in front of everything, since nobody seems to have.
        ((IApplicationBuilder)app).Properties["__AuthenticationMiddlewareSet"] = true;
    }

    private static bool IsSignIn(HttpContext context) =>
        context.Request.Path.StartsWithSegments("/oauth", StringComparison.Ordinal) || context.Request.Path.StartsWithSegments("/sign-in", StringComparison.Ordinal)
        || context.Request.Path.StartsWithSegments("/.well-known", StringComparison.Ordinal);
}
