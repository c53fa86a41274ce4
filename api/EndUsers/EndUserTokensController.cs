using System.ComponentModel.DataAnnotations;
using HeadlessSupport.Api.Inboxes;
using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Http;
using HeadlessSupport.Api.Platform.Tenancy;
using HeadlessSupport.Api.Users;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace HeadlessSupport.Api.EndUsers;

/// <summary>Whose token to make.</summary>
/// <param name="User">The customer: found, or created where not found by external id or address.</param>
/// <param name="WidgetKey">The widget key that it is bound to, and by whose inbox comes in what they write.</param>
/// <param name="InboxId">By which inbox comes in what they write; with a widget key, that one's.</param>
public sealed record CreateEndUserTokenRequest(PersonReference User, [NotBlank, MaxLength(100)] string? WidgetKey = null, Id<Inbox>? InboxId = null);

/// <summary>A token of an end user.</summary>
/// <param name="Token">For <c>Authorization: Bearer</c>. A browser may hold it.</param>
/// <param name="ExpiresAt">Real time; 15 minutes from now.</param>
/// <param name="User">Whose it is. A visitor who wrote nothing yet has an id only.</param>
/// <param name="Visitor">Only for anonymous visitors: keep it, and get the next token with it. Good for 30 days, each time anew.</param>
public sealed record EndUserTokenResponse(string Token, DateTimeOffset ExpiresAt, PersonResponse User, string? Visitor = null);

/// <summary>Tokens with which a customer uses the API themselves, made by the organization's own server.</summary>
[Route("api/v{version:apiVersion}/end-user-tokens"), Tags("EndUsers")]
public sealed class EndUserTokensController(SupportDb db) : ApiController
{
    /// <summary>Make a token for an end user</summary>
    /// <remarks>For one customer, who sees with it what is theirs. Hand it to their browser or app, and make a new one when it has expired.</remarks>
    [HttpPost(Name = "EndUserTokens_Create"), Requires("end_users.mint"), ShowsSecret("token"), Creates]
    public async Task<ActionResult<EndUserTokenResponse>> Create(CreateEndUserTokenRequest request, CancellationToken cancellationToken)
    {
        var door = HttpContext.RequestServices.GetRequiredService<EndUserDoor>();
        var user = await door.CustomerAsync(request.User, cancellationToken);
        var key = await KeyAsync(request, cancellationToken);
        var inbox = request.InboxId ?? key?.InboxId;
        if (request.InboxId is not null && key is not null && key.InboxId != request.InboxId)
            throw SupportException.Invalid("/inbox_id", "Is not the widget key's inbox. Leave it out.");
        if (inbox is not null && !await db.Inboxes.AnyAsync(i => i.Id == inbox && i.DeletedAt == null, cancellationToken))
            throw SupportException.Invalid("/inbox_id", "There is no such inbox.");
        await db.SaveChangesAsync(cancellationToken);
        return StatusCode(StatusCodes.Status201Created, door.TokenOf(user, key?.Id, inbox));
    }

    private async Task<WidgetKey?> KeyAsync(CreateEndUserTokenRequest request, CancellationToken cancellationToken) =>
        request.WidgetKey is null ? null : await db.WidgetKeys.AsNoTracking().SingleOrDefaultAsync(k => k.Text == request.WidgetKey && k.Enabled, cancellationToken)
            ?? throw SupportException.Invalid("/widget_key", "There is no such widget key, or it is disabled.");
}
