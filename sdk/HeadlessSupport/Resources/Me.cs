using HeadlessSupport.Transport;

namespace HeadlessSupport;

/// <summary>Who the key or token stands for.</summary>
public interface IMe
{
    /// <summary>Who calls, and what they may do.</summary>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>The person, the organization and the permissions.</returns>
    /// <exception cref="HeadlessSupportException">The API refused it, or no answer came.</exception>
    Task<Me> GetAsync(RequestOptions? options = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="GetAsync(RequestOptions?, CancellationToken)"/>
    Task<Me> GetAsync(CancellationToken cancellationToken) => GetAsync(null, cancellationToken);

    /// <summary>The organizations that the signed-in person belongs to. It comes whole: nobody belongs to many.</summary>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>The organizations.</returns>
    /// <exception cref="HeadlessSupportException">The API refused it, or no answer came.</exception>
    Task<IReadOnlyList<MyOrganization>> GetOrganizationsAsync(RequestOptions? options = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="GetOrganizationsAsync(RequestOptions?, CancellationToken)"/>
    Task<IReadOnlyList<MyOrganization>> GetOrganizationsAsync(CancellationToken cancellationToken) => GetOrganizationsAsync(null, cancellationToken);
}

internal sealed class MeResource(Wire wire) : IMe
{
    public Task<Me> GetAsync(RequestOptions? options, CancellationToken cancellationToken) =>
        wire.SendAsync(MeRequests.Get(), options, cancellationToken);

    public async Task<IReadOnlyList<MyOrganization>> GetOrganizationsAsync(RequestOptions? options, CancellationToken cancellationToken) =>
        (await wire.SendAsync(MeRequests.Organizations(), options, cancellationToken).ConfigureAwait(false)).Data;
}
