using HeadlessSupport.Api.Inboxes;
using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Http;
using HeadlessSupport.Api.Platform.Tenancy;
using HeadlessSupport.Api.Users;

namespace HeadlessSupport.Api.Tickets;

/// <summary>What end users ask, as the desk is asked it: always for themselves, in public, by the inbox of their token. What others ask passes as it is.</summary>
public sealed class CustomerDesk(TenantContext tenant, People people)
{
    private bool IsEndUser => tenant.Sight.EndUser is not null;

    /// <exception cref="SupportException">They speak for someone else, or internally: 422.</exception>
    public async Task<CreateTicketRequest> AdmitAsync(CreateTicketRequest request, CancellationToken cancellationToken)
    {
        if (!IsEndUser)
            return request;
        var me = await people.MeAsync(cancellationToken);
        MustBe(me, request.Requester, "/requester");
        return request with
        {
            Requester = new(me.Id),
            Comment = request.Comment is null ? null : Admit(me, request.Comment, "/comment"),
            InboxId = tenant.Sight.ComesInBy is { } inbox ? new Id<Inbox>(inbox) : null,
        };
    }

    /// <exception cref="SupportException">They speak for someone else, or internally: 422.</exception>
    public async Task<CreateCommentRequest> AdmitAsync(CreateCommentRequest request, CancellationToken cancellationToken) =>
        IsEndUser ? Admit(await people.MeAsync(cancellationToken), request, "") : request;

    /// <summary>Moves a ticket as far as whoever asks may.</summary>
    public void Move(Ticket ticket, TicketStatus to)
    {
        if (IsEndUser)
            ticket.MoveByRequester(to, tenant.Now);
        else
            ticket.Move(to, tenant.Now);
    }

    /// <summary>Refuses orders that would tell what end users are not shown.</summary>
    public void Check(TicketFilter filter)
    {
        if (IsEndUser && filter.Sort is not (null or "created_at" or "-created_at" or "updated_at" or "-updated_at"))
            throw SupportException.Unreadable("sort", "End users can sort by created_at and updated_at.");
    }

    private static CreateCommentRequest Admit(User me, CreateCommentRequest request, string pointer)
    {
        MustBe(me, request.Author, pointer + "/author");
        if (request.Visibility != CommentVisibility.Public)
            throw SupportException.Invalid(pointer + "/visibility", "End users write in public only.");
        return request with { Author = new(me.Id) };
    }

    private static void MustBe(User me, PersonReference? named, string pointer)
    {
        if (named?.Is(me) == false)
            throw SupportException.Invalid(pointer, "End users speak for themselves only. Leave it out.");
    }
}
