using HeadlessSupport.Transport;

namespace HeadlessSupport;

/// <summary>The OAuth apps that the organization lets in.</summary>
public interface IAppInstalls
{
    /// <summary>List installed apps.</summary>
    /// <remarks>Needs <c>apps.manage</c>.</remarks>
    /// <param name="query">Which ones, and how.</param>
    /// <param name="cancellationToken">Ends the listing.</param>
    /// <returns>The list, fetched page by page while it is enumerated.</returns>
    AsyncPageable<AppInstall> ListAsync(ListOptions? query = null, CancellationToken cancellationToken = default);

    /// <summary>Install an app.</summary>
    /// <remarks>From then on it gets tokens for this organization with its client credentials, and people here can sign in to it. Needs <c>apps.manage</c>.</remarks>
    /// <param name="request">What to send.</param>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call. What the API did by then is done.</param>
    /// <returns>What the API answers.</returns>
    /// <exception cref="HeadlessSupportException">The API refused it, or no answer came.</exception>
    Task<AppInstall> CreateAsync(CreateAppInstallRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="CreateAsync(CreateAppInstallRequest, RequestOptions?, CancellationToken)"/>
    Task<AppInstall> CreateAsync(CreateAppInstallRequest request, CancellationToken cancellationToken) => CreateAsync(request, null, cancellationToken);

    /// <summary>Get an installed app.</summary>
    /// <remarks>Needs <c>apps.manage</c>.</remarks>
    /// <param name="id">Its id.</param>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call. What the API did by then is done.</param>
    /// <returns>What the API answers.</returns>
    /// <exception cref="HeadlessSupportException">The API refused it, or no answer came.</exception>
    Task<AppInstall> GetAsync(string id, RequestOptions? options = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="GetAsync(string, RequestOptions?, CancellationToken)"/>
    Task<AppInstall> GetAsync(string id, CancellationToken cancellationToken) => GetAsync(id, null, cancellationToken);

    /// <summary>Change what an installed app may do.</summary>
    /// <remarks>Needs <c>apps.manage</c>.</remarks>
    /// <param name="id">Its id.</param>
    /// <param name="request">What to change.</param>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call. What the API did by then is done.</param>
    /// <returns>What the API answers.</returns>
    /// <exception cref="HeadlessSupportException">The API refused it, or no answer came.</exception>
    Task<AppInstall> UpdateAsync(string id, UpdateAppInstallRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="UpdateAsync(string, UpdateAppInstallRequest, RequestOptions?, CancellationToken)"/>
    Task<AppInstall> UpdateAsync(string id, UpdateAppInstallRequest request, CancellationToken cancellationToken) => UpdateAsync(id, request, null, cancellationToken);

    /// <summary>Remove an installed app.</summary>
    /// <remarks>Its tokens for this organization are refused at once, on other nodes within 5 seconds. Needs <c>apps.manage</c>.</remarks>
    /// <param name="id">Its id.</param>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call. What the API did by then is done.</param>
    /// <returns>When it is done.</returns>
    /// <exception cref="HeadlessSupportException">The API refused it, or no answer came.</exception>
    Task DeleteAsync(string id, RequestOptions? options = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="DeleteAsync(string, RequestOptions?, CancellationToken)"/>
    Task DeleteAsync(string id, CancellationToken cancellationToken) => DeleteAsync(id, null, cancellationToken);
}

internal sealed class AppInstallsResource(Wire wire) : IAppInstalls
{
    public AsyncPageable<AppInstall> ListAsync(ListOptions? query, CancellationToken cancellationToken) =>
        new PageableList<AppInstall, AppInstallPage>(wire, (cursor, limit) => AppInstallsRequests.List(limit, cursor, ListQuery.Include(query)), query, cancellationToken);

    public Task<AppInstall> CreateAsync(CreateAppInstallRequest request, RequestOptions? options, CancellationToken cancellationToken) =>
        wire.SendAsync(AppInstallsRequests.Create(request), options, cancellationToken);

    public Task<AppInstall> GetAsync(string id, RequestOptions? options, CancellationToken cancellationToken) =>
        wire.SendAsync(AppInstallsRequests.Get(id), options, cancellationToken);

    public Task<AppInstall> UpdateAsync(string id, UpdateAppInstallRequest request, RequestOptions? options, CancellationToken cancellationToken) =>
        wire.SendAsync(AppInstallsRequests.Update(id, request), options, cancellationToken);

    public Task DeleteAsync(string id, RequestOptions? options, CancellationToken cancellationToken) =>
        wire.SendAsync(AppInstallsRequests.Delete(id), options, cancellationToken);
}
