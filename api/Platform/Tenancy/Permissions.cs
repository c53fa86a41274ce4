using System.Security.Claims;
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
        if (context.User.May(requirement.Permission))
            context.Succeed(requirement);
        return Task.CompletedTask;
    }
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
        var missing = policy.Requirements.OfType<RequiresAttribute>().Select(r => r.Permission).Where(p => !context.User.May(p)).ToList();
        throw new SupportException(ErrorCode.Forbidden, missing.Contains(RequiresAttribute.Operator)
            ? "Only the operator of this installation may do this."
            : missing.Contains(RequiresAttribute.Member) ? "This needs a credential of an organization, not the operator's." : $"The credential lacks {string.Join(", ", missing)}.");
    }
}

public static class PermissionClaims
{
    public const string Permission = "permission";

    public static bool May(this ClaimsPrincipal user, string permission) => user.HasClaim(Permission, permission);
}
