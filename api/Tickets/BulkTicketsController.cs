using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Http;
using HeadlessSupport.Api.Platform.Tenancy;
using HeadlessSupport.Api.Users;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace HeadlessSupport.Api.Tickets;

/// <summary>Many tickets at once.</summary>
[Route("api/v{version:apiVersion}/tickets/bulk"), Tags("Tickets")]
public sealed class BulkTicketsController(SupportDb db, TenantContext tenant, Desk desk) : ApiController
{
    private const string Savepoint = "item";

    /// <summary>Create and update up to 100 tickets</summary>
    /// <remarks>Each item succeeds or fails on its own, and the answer says which; what succeeded is written together, at the end.</remarks>
    [HttpPost(Name = "Tickets_Bulk"), Requires("tickets.write")]
    public async Task<ActionResult<BulkTicketsResponse>> Bulk(BulkTicketsRequest request, CancellationToken cancellationToken)
    {
        await using var transaction = db.Database.CurrentTransaction is null ? await db.Database.BeginTransactionAsync(cancellationToken) : null;
        var outer = transaction ?? db.Database.CurrentTransaction!;
        var numbers = new Queue<long>(await desk.NumbersAsync(request.Items.Count(i => i?.Create is not null), cancellationToken));
        await LockAsync(request, cancellationToken);
        var results = new List<BulkTicketResult>(request.Items.Count);
        for (var i = 0; i < request.Items.Count; i++)
        {
            var item = request.Items[i];
            results.Add(await TryAsync(outer, i, item, item?.Create is null ? 0 : numbers.Dequeue(), cancellationToken));
        }
        if (transaction is not null)
            await transaction.CommitAsync(cancellationToken);
        return new BulkTicketsResponse(results);
    }

    // All at once and in one order: two bulks of the same tickets would else wait for each other, crosswise.
    private async Task LockAsync(BulkTicketsRequest request, CancellationToken cancellationToken)
    {
        var ids = request.Items.Select(IdToUpdate).OfType<Guid>().ToArray();
        if (ids.Length > 0)
            await db.Database.ExecuteSqlAsync($"select 1 from tickets where organization_id = {tenant.Required.Value} and id = any({ids}) order by id for no key update", cancellationToken);
    }

    private static Guid? IdToUpdate(BulkTicketItem? item)
    {
        try
        {
            return item?.Update?.Read().Id.Value;
        }
        catch (SupportException)
        {
            // Told when its turn comes.
            return null;
        }
    }

    // As a request of its own would: a lost race is run again, and anything else that fails is undone and told.
    private async Task<BulkTicketResult> TryAsync(IDbContextTransaction transaction, int index, BulkTicketItem? item, long number, CancellationToken cancellationToken)
    {
        Exception? lost = null;
        for (var attempt = 1; ; attempt++)
        {
            await transaction.CreateSavepointAsync(Savepoint, cancellationToken);
            try
            {
                if (lost is not null)
                    await LostRaces.LockAsync(db, lost, cancellationToken);
                var result = await OneAsync(index, item, number, cancellationToken);
                await transaction.ReleaseSavepointAsync(Savepoint, cancellationToken);
                return result;
            }
            catch (Exception error) when (Problems.Translate(error) is { Code.Status: < 500 } refusal)
            {
                await transaction.RollbackToSavepointAsync(Savepoint, cancellationToken);
                if (attempt == LostRaces.Tries || !LostRaces.Is(error))
                    return new(index, refusal.Code.Status, null, Problems.From(HttpContext, refusal));
                lost = error;
            }
            finally
            {
                db.ForgetTracked();
            }
        }
    }

    private async Task<BulkTicketResult> OneAsync(int index, BulkTicketItem? item, long number, CancellationToken cancellationToken)
    {
        if (item is null || item.Create is null == item.Update is null)
            throw new SupportException(ErrorCode.ValidationFailed, "An item needs either create or update.");
        if (item.Create is not null)
        {
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
