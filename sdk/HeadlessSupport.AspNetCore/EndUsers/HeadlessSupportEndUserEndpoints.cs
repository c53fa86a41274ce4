using HeadlessSupport;
using HeadlessSupport.AspNetCore;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Maps where pages of yours get what they call HeadlessSupport with, for the person who is signed in.</summary>
public static class HeadlessSupportEndUserEndpoints
{
    /// <summary>
    /// Answers <c>POST</c> with a token for who is signed in: <c>{"token", "expires_at"}</c>, or 401 where nobody is. The page
    /// calls the API with it, and asks for a new one when a request answers 401. It is made by the registered
    /// <see cref="HeadlessSupportClient"/>, whose key needs <c>end_users.mint</c>.
    /// </summary>
    /// <param name="endpoints">The program's endpoints.</param>
    /// <param name="pattern">The path.</param>
    /// <param name="signedIn">Who is signed in, best by your own id for them (<see cref="PersonReference.ExternalId"/>); null for nobody. Take it from the session, never from what the page sends.</param>
    /// <returns>The endpoint.</returns>
    /// <exception cref="InvalidOperationException">No client is registered.</exception>
    /// <example><code>
    /// app.MapHeadlessSupportEndUserToken("/support/token", context =>
    ///     context.User.FindFirstValue(ClaimTypes.NameIdentifier) is { } id ? new PersonReference { ExternalId = id } : null);
    /// </code></example>
    public static IEndpointConventionBuilder MapHeadlessSupportEndUserToken(this IEndpointRouteBuilder endpoints, string pattern, Func<HttpContext, PersonReference?> signedIn)
    {
        ArgumentNullException.ThrowIfNull(signedIn);
        return endpoints.MapHeadlessSupportEndUserToken(pattern, (context, _) =>
            Task.FromResult(signedIn(context) is { } person ? new CreateEndUserTokenRequest { User = person } : null));
    }

    /// <summary>
    /// Answers <c>POST</c> with a token for who is signed in: <c>{"token", "expires_at"}</c>, or 401 where nobody is. This one
    /// may look the person up, and may bind the token to a widget key or an inbox.
    /// </summary>
    /// <param name="endpoints">The program's endpoints.</param>
    /// <param name="pattern">The path.</param>
    /// <param name="signedIn">Whose token to make; null where nobody is signed in. Take it from the session, never from what the page sends.</param>
    /// <returns>The endpoint.</returns>
    /// <exception cref="InvalidOperationException">No client is registered.</exception>
    public static IEndpointConventionBuilder MapHeadlessSupportEndUserToken(this IEndpointRouteBuilder endpoints, string pattern, Func<HttpContext, CancellationToken, Task<CreateEndUserTokenRequest?>> signedIn)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentException.ThrowIfNullOrWhiteSpace(pattern);
        ArgumentNullException.ThrowIfNull(signedIn);
        if (endpoints.ServiceProvider.GetService<IServiceProviderIsService>()?.IsService(typeof(HeadlessSupportClient)) == false)
            throw new InvalidOperationException("Tokens are made by the registered client: add it by builder.Services.AddHeadlessSupport(…).");

        RequestDelegate answer = context => EndUserTokenIssuer.TokenAsync(context, signedIn);
        return endpoints.MapPost(pattern, answer).WithDisplayName($"End users' tokens {pattern}");
    }

    /// <summary>
    /// Answers <c>POST</c> with a JWT that says who is signed in: <c>{"jwt"}</c>, or 401 where nobody is. The page trades it for a
    /// token by its widget key. No call of the API is made, and the JWT is good for five minutes.
    /// </summary>
    /// <param name="endpoints">The program's endpoints.</param>
    /// <param name="pattern">The path.</param>
    /// <param name="widgetSecret">The widget key's secret, <c>whk_…</c>. It must never reach a page.</param>
    /// <param name="signedIn">Who is signed in, by your own id for them (<see cref="PersonReference.ExternalId"/>), with address and name if you like; null for nobody. Take it from the session, never from what the page sends.</param>
    /// <returns>The endpoint.</returns>
    /// <exception cref="ArgumentException">The secret is empty.</exception>
    public static IEndpointConventionBuilder MapHeadlessSupportEndUserJwt(this IEndpointRouteBuilder endpoints, string pattern, string widgetSecret, Func<HttpContext, PersonReference?> signedIn)
    {
        ArgumentNullException.ThrowIfNull(signedIn);
        return endpoints.MapHeadlessSupportEndUserJwt(pattern, widgetSecret, (context, _) => Task.FromResult(signedIn(context)));
    }

    /// <summary>
    /// Answers <c>POST</c> with a JWT that says who is signed in: <c>{"jwt"}</c>, or 401 where nobody is. This one may look the
    /// person up.
    /// </summary>
    /// <param name="endpoints">The program's endpoints.</param>
    /// <param name="pattern">The path.</param>
    /// <param name="widgetSecret">The widget key's secret, <c>whk_…</c>. It must never reach a page.</param>
    /// <param name="signedIn">Who is signed in, by your own id for them (<see cref="PersonReference.ExternalId"/>), with address and name if you like; null for nobody. Take it from the session, never from what the page sends.</param>
    /// <returns>The endpoint.</returns>
    /// <exception cref="ArgumentException">The secret is empty.</exception>
    public static IEndpointConventionBuilder MapHeadlessSupportEndUserJwt(this IEndpointRouteBuilder endpoints, string pattern, string widgetSecret, Func<HttpContext, CancellationToken, Task<PersonReference?>> signedIn)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentException.ThrowIfNullOrWhiteSpace(pattern);
        ArgumentException.ThrowIfNullOrWhiteSpace(widgetSecret);
        ArgumentNullException.ThrowIfNull(signedIn);

        RequestDelegate answer = context => EndUserTokenIssuer.JwtAsync(context, widgetSecret, signedIn);
        return endpoints.MapPost(pattern, answer).WithDisplayName($"End users' JWTs {pattern}");
    }
}
