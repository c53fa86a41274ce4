using HeadlessSupport.Api.Platform.Http;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using OpenIddict.Client;
using static OpenIddict.Client.OpenIddictClientEvents;

namespace HeadlessSupport.Api.SignIn.Sso;

internal static class SsoSetup
{
    // A discovery document or a token is some kilobytes; who sends a megabyte wants something else.
    private const int MostBytes = 1024 * 1024;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static void AddSso(this IServiceCollection services, IConfiguration configuration, Uri publicUrl)
    {
        services.AddOpenIddict().AddClient(client =>
        {
            client.AllowAuthorizationCodeFlow();
            // Stands for all of them: see Callbacks.
            client.SetRedirectionEndpointUris("sign-in/callback");
            client.UseAspNetCore()
                // Whether the outside speaks TLS is said by PublicUrl.
                .DisableTransportSecurityRequirement()
                .DisableAutomaticAuthenticationSchemeForwarding()
                .EnableRedirectionEndpointPassthrough().EnableErrorPassthrough()
                .Configure(o =>
                {
                    o.CookieBuilder.Name = "hs_sso";
                    // Issuers send people back by a link, never by a form.
                    o.CookieBuilder.SameSite = SameSiteMode.Lax;
                    o.CookieBuilder.SecurePolicy = publicUrl.Scheme == Uri.UriSchemeHttps ? CookieSecurePolicy.Always : CookieSecurePolicy.SameAsRequest;
                });
            client.UseSystemNetHttp()
                .ConfigureHttpClient(http =>
                {
                    http.MaxResponseContentBufferSize = MostBytes;
                    http.Timeout = Patience;
                })
                // Somebody waits at the page: they can try again themselves.
                .Configure(o => o.HttpResiliencePipeline = null);
            client.AddEventHandler<ProcessRequestContext>(b => b.UseSingletonHandler<Callbacks>().SetOrder(int.MinValue + 100_500));
            client.AddProviders(configuration.GetSection("SignIn"), publicUrl);
        });
        // It would write down what issuers say of people.
        services.AddLogging(logging => logging.AddFilter("OpenIddict.Client", LogLevel.Warning));
        services.AddSingleton<SsoClient>();
        services.Replace(ServiceDescriptor.Singleton<OpenIddictClientService>(p => p.GetRequiredService<SsoClient>()));
        services.AddSingleton<IPostConfigureOptions<Microsoft.Extensions.Http.HttpClientFactoryOptions>, GuardedClient>();
        services.AddSingleton<IConfigureOptions<OpenIddictClientOptions>>(p => p.GetRequiredService<SigningKeys>());
        services.AddSingleton<IOptionsChangeTokenSource<OpenIddictClientOptions>>(p => p.GetRequiredService<SigningKeys>());
        services.AddSingleton<SsoProviders>();
        services.AddScoped<SsoRules>();
        services.AddScoped<SsoDoor>();
        services.AddScoped<SsoEntry>();
        services.AddSingleton<DomainProof>();
    }

    // The providers of the installation: each by its settings, and not there without them.
    private static void AddProviders(this OpenIddictClientBuilder client, IConfigurationSection settings, Uri publicUrl)
    {
        if (Read(settings, "Google") is var (googleId, googleSecret))
            client.UseWebProviders().AddGoogle(p => p.SetRegistrationId("google").SetClientId(googleId).SetClientSecret(googleSecret).SetRedirectUri(CallbackOf(publicUrl, "google")).AddScopes("email", "profile"));
        if (Read(settings, "Microsoft") is var (microsoftId, microsoftSecret))
        {
            client.UseWebProviders().AddMicrosoft(p =>
            {
                p.SetRegistrationId("microsoft").SetClientId(microsoftId).SetClientSecret(microsoftSecret).SetRedirectUri(CallbackOf(publicUrl, "microsoft")).AddScopes("email", "profile");
                if (settings["Microsoft:Tenant"] is { } tenant)
                    p.SetTenant(tenant);
            });
        }
        if (Read(settings, "GitHub") is var (gitHubId, gitHubSecret))
            client.UseWebProviders().AddGitHub(p => p.SetRegistrationId("github").SetClientId(gitHubId).SetClientSecret(gitHubSecret).SetRedirectUri(CallbackOf(publicUrl, "github")));
        if (Read(settings, "OpenIdConnect") is var (id, secret))
        {
            client.AddRegistration(new OpenIddictClientRegistration
            {
                RegistrationId = "openid-connect",
                ProviderName = "OpenID Connect",
                ProviderDisplayName = settings["OpenIdConnect:Name"] ?? "OpenID Connect",
                Issuer = new Uri(settings["OpenIdConnect:Issuer"] ?? throw new InvalidOperationException("The setting SignIn:OpenIdConnect:Issuer is missing.")),
                ClientId = id,
                ClientSecret = secret,
                RedirectUri = CallbackOf(publicUrl, "openid-connect"),
                Scopes = { "email", "profile" },
            });
        }
    }

    private static (string Id, string Secret)? Read(IConfigurationSection settings, string provider)
    {
        if (settings[provider + ":ClientId"] is not { Length: > 0 } id)
            return null;
        return (id, settings[provider + ":ClientSecret"] ?? throw new InvalidOperationException($"The setting SignIn:{provider}:ClientSecret is missing."));
    }

    private static Uri CallbackOf(Uri publicUrl, string id) => new($"{publicUrl.AbsoluteUri.TrimEnd('/')}/sign-in/callback/{id}");
}

/// <summary>
/// Each provider has a callback of its own below <c>/sign-in/callback</c>, of which OpenIddict cannot have a list. What
/// it compares with the address that was registered is the outside's, wherever TLS ends.
/// </summary>
internal sealed class Callbacks(Links links) : IOpenIddictClientHandler<ProcessRequestContext>
{
    public const string Path = "/sign-in/callback/";

    public ValueTask HandleAsync(ProcessRequestContext context)
    {
        if (context.RequestUri is { } here && here.AbsolutePath.StartsWith(Path, StringComparison.Ordinal))
        {
            context.EndpointType = OpenIddictClientEndpointType.Redirection;
            context.BaseUri = new Uri(links.Page("/"));
            context.RequestUri = new Uri(links.Page(here.PathAndQuery));
        }
        return ValueTask.CompletedTask;
    }
}
