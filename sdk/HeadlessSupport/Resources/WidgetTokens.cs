using HeadlessSupport.Transport;

namespace HeadlessSupport;

/// <summary>Tokens that a web page gets for its visitor by a widget key.</summary>
public interface IWidgetTokens
{
    /// <summary>Get a token with a widget key.</summary>
    /// <remarks>Needs no credential: the widget key is public. With <c>jwt</c> for the customer whom it names, else for an anonymous visitor.</remarks>
    /// <param name="widgetKey">The public key, <c>wk_…</c>.</param>
    /// <param name="request">What to send.</param>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call. What the API did by then is done.</param>
    /// <returns>What the API answers.</returns>
    /// <exception cref="HeadlessSupportException">The API refused it, or no answer came.</exception>
    Task<EndUserToken> CreateAsync(string widgetKey, CreateWidgetTokenRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="CreateAsync(string, CreateWidgetTokenRequest, RequestOptions?, CancellationToken)"/>
    Task<EndUserToken> CreateAsync(string widgetKey, CreateWidgetTokenRequest request, CancellationToken cancellationToken) => CreateAsync(widgetKey, request, null, cancellationToken);
}

internal sealed class WidgetTokensResource(Wire wire) : IWidgetTokens
{
    public Task<EndUserToken> CreateAsync(string widgetKey, CreateWidgetTokenRequest request, RequestOptions? options, CancellationToken cancellationToken) =>
        wire.SendAsync(WidgetTokensRequests.Create(widgetKey, request), options, cancellationToken);
}
