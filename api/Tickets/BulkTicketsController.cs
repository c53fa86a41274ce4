using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Http;
using HeadlessSupport.Api.Platform.Tenancy;
using HeadlessSupport.Api.Users;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace HeadlessSupport.Api.Tickets;

/// <summary>Many tickets at once.</summary>
[Route("api/v{version:apiVersion}/tickets/bulk"), Tags("Tickets")]
public sealed class BulkTicketsController(SupportDb db, TenantContext tenant, Desk desk) : ApiController
{
    /// <summary>Create and update up to 100 tickets</summary>
    /// <remarks>Each item succeeds or fails on its own, and the answer says which; what succeeded is written together, at the end.</remarks>
    [HttpPost(Name = "Tickets_Bulk"), Requires("tickets.write")]
    public async Task<ActionResult<BulkTicketsResponse>> Bulk(BulkTicketsRequest request, CancellationToken cancellationToken)
    {
        await using var transaction = db.Database.CurrentTransaction is null ? await db.Database.BeginTransactionAsync(cancellationToken) : null;
        var outer = transaction ?? db.Database.CurrentTransaction!;
        var numbers = new Queue<long>(await desk.NumbersAsync(request.Items.Count(i => i?.Create is not null), cancellationToken));
        var results = new List<BulkTicketResult>(request.Items.Count);
        for (var i = 0; i < request.Items.Count; i++)
        {
            await outer.CreateSavepointAsync("item", cancellationToken);
            try
            {
                results.Add(await OneAsync(i, request.Items[i], numbers, cancellationToken));
                await outer.ReleaseSavepointAsync("item", cancellationToken);
            }
            catch (Exception error) when (Problems.Translate(error) is { Code.Status: < 500 } refusal)
            {
                await outer.RollbackToSavepointAsync("item", cancellationToken);
                results.Add(new(i, refusal.Code.Status, null, Problems.From(HttpContext, refusal)));
            }
            db.ForgetTracked();
        }
        if (transaction is not null)
            await transaction.CommitAsync(cancellationToken);
        return new BulkTicketsResponse(results);
    }

    private async Task<BulkTicketResult> OneAsync(int index, BulkTicketItem? item, Queue<long> numbers, CancellationToken cancellationToken)
    {
        if (item is null || item.Create is null == item.Update is null)
            throw new SupportException(ErrorCode.ValidationFailed, "An item needs either create or update.");
        if (item.Create is not null)
        {
            var number = numbers.Dequeue();
            var request = item.Create.Read();
            Check(request);
            CommentsController.CheckMayWrite(User, request.Comment, "/comment");
            var created = await desk.OpenAsync(request, number, tenant.RequiredUserId<User>(), cancellationToken);
            await db.SaveChangesAsync(cancellationToken);
            return new(index, StatusCodes.Status201Created, TicketResponse.From(created), null);
        }
        var update = item.Update!.Read();
        var ticket = await db.Tickets.GetAsync(update.Id, cancellationToken);
        if (update.IfVersion is { } version && version != ticket.Version)
            throw new SupportException(ErrorCode.PreconditionFailed, $"It is at version {ticket.Version} now, not {version}. Read it again, and decide.");
        await desk.ChangeAsync(ticket, Merge(update.Patch, TicketUpdate.From(ticket)), cancellationToken);
        await db.SaveChangesAsync(cancellationToken);
        return new(index, StatusCodes.Status200OK, TicketResponse.From(ticket), null);
    }
}
