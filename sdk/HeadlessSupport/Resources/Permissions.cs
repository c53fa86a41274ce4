using HeadlessSupport.Transport;

namespace HeadlessSupport;

/// <summary>What keys and roles may be allowed.</summary>
public interface IPermissions
{
    /// <summary>List permissions.</summary>
    /// <remarks>Every word of API-key scopes and roles, what it allows, and which built-in roles have it. All on one page. Needs <c>member</c>.</remarks>
    /// <param name="cancellationToken">Ends the listing.</param>
    /// <returns>The list, fetched page by page while it is enumerated.</returns>
    AsyncPageable<Permission> ListAsync(CancellationToken cancellationToken = default);
}

internal sealed class PermissionsResource(Wire wire) : IPermissions
{
    public AsyncPageable<Permission> ListAsync(CancellationToken cancellationToken) =>
        new PageableList<Permission, PermissionPage>(wire, (_, _) => PermissionsRequests.List(), null, cancellationToken);
}
