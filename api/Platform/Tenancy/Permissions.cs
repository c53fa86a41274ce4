using System.Security.Claims;
using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Http;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;

namespace HeadlessSupport.Api.Platform.Tenancy;

/// <summary>The permission an action needs, in the one vocabulary of scopes and roles (<c>tickets.write</c>).</summary>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Class, AllowMultiple = true)]
public sealed class RequiresAttribute(string permission) : AuthorizeAttribute, IAuthorizationRequirementData, IAuthorizationRequirement
{
    /// <summary>Held by the operator of the installation only.</summary>
    public const string Operator = "operator";

    /// <summary>Anyone with a valid credential of an organization.</summary>
    public const string Member = "member";

    public string Permission { get; } = permission;

    public IEnumerable<IAuthorizationRequirement> GetRequirements() => [this];
}

internal sealed class PermissionHandler : AuthorizationHandler<RequiresAttribute>
{
    protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, RequiresAttribute requirement)
    {
        if (context.User.May(requirement.Permission) && (!context.User.IsEndUser() || IsForCustomers(context.Resource)))
            context.Succeed(requirement);
        return Task.CompletedTask;
    }

    // Whatever they may do, they may do where it was thought of them only.
    internal static bool IsForCustomers(object? resource) => (resource as HttpContext)?.GetEndpoint()?.Metadata.GetMetadata<ForCustomersAttribute>() is not null;
}

/// <summary>Says in a problem which permission is missing.</summary>
internal sealed class PermissionAnswers : IAuthorizationMiddlewareResultHandler
{
    public async Task HandleAsync(RequestDelegate next, HttpContext context, AuthorizationPolicy policy, PolicyAuthorizationResult authorizeResult)
    {
        // Where there is no route there is nothing to protect: 404 follows.
        if (authorizeResult.Succeeded || context.GetEndpoint() is null)
        {
            await next(context);
            return;
        }
        if (authorizeResult.Challenged)
            throw context.Features.Get<SupportException>() ?? new SupportException(ErrorCode.Unauthenticated, "Send an API key: Authorization: Bearer hs_…");
        if (context.User.IsEndUser() && !PermissionHandler.IsForCustomers(context))
            throw new SupportException(ErrorCode.Forbidden, "This is not for end users. Call it from your server, with an API key.");
        var missing = policy.Requirements.OfType<RequiresAttribute>().Select(r => r.Permission).Where(p => !context.User.May(p)).ToList();
        throw new SupportException(ErrorCode.Forbidden, missing.Contains(RequiresAttribute.Operator)
            ? "Only the operator of this installation may do this."
            : missing.Contains(RequiresAttribute.Member) ? "This needs a credential of an organization, not the operator's." : $"The credential lacks {string.Join(", ", missing)}.");
    }
}

public static class PermissionClaims
{
    public const string Permission = "permission";

    /// <summary>The user, where the credential is an end user's: it sees what that user may, whatever it is permitted.</summary>
    public const string EndUser = "end_user";

    /// <summary>A team or an inbox to which a role is limited; none for no limit.</summary>
    public const string Team = "team";
    public const string Inbox = "inbox";

    /// <summary>The inbox by which comes in what an end user writes.</summary>
    public const string ComesInBy = "comes_in_by";

    internal static bool IsEndUser(this ClaimsPrincipal user) => user.HasClaim(c => c.Type == EndUser);

    internal static Guid? ComesInByOf(ClaimsPrincipal user) => Ids(user, ComesInBy) is [var id, ..] ? id : null;

    internal static Guid? EndUserOf(ClaimsPrincipal user) => Ids(user, EndUser) is [var id, ..] ? id : null;

    internal static List<Guid> TeamsOf(ClaimsPrincipal user) => Ids(user, Team);

    internal static List<Guid> InboxesOf(ClaimsPrincipal user) => Ids(user, Inbox);

    // An id that cannot be read must not lift the limit.
    private static List<Guid> Ids(ClaimsPrincipal user, string claim) =>
        [.. user.FindAll(claim).Select(c => TypeId.TryParse(c.Value, c.Value[..Math.Min(3, c.Value.Length)], out var id) ? id : Guid.Empty)];

    public static bool May(this ClaimsPrincipal user, string permission) => user.HasClaim(Permission, permission);
}
