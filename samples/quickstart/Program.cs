using System.Text.RegularExpressions;
using HeadlessSupport;

// Where the API is, and a key. Without settings both are those of the demo, which ./run makes.
var url = Environment.GetEnvironmentVariable("HEADLESSSUPPORT_URL") ?? "http://127.0.0.1:5080";
var key = Environment.GetEnvironmentVariable("HEADLESSSUPPORT_KEY") ?? Regex.Match(File.ReadAllText(".data/demo.json"), "hs_test_[0-9A-Za-z]+").Value;
using var hs = new HeadlessSupportClient(key, url);

using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, e) =>
{
    e.Cancel = true;
    stop.Cancel();
};
var ct = stop.Token;

try
{
    // A customer asks. They are found by their address, or made.
    var ticket = await hs.Tickets.CreateAsync(new()
    {
        Subject = "Card declined",
        Requester = new() { Email = "mia@example.com", Name = "Mia" },
        Comment = new() { Body = "My card was **declined**. What now?" },
        Priority = TicketPriority.High,
        Metadata = new() { ["order"] = "4711" },
    }, ct);
    Console.WriteLine($"Created {ticket.Id}: #{ticket.Number} {ticket.Subject}");

    // Staff answer. The key makes the answer the same one if your program stops here and asks again.
    var reply = await hs.Tickets.Comments.CreateAsync(ticket.Id, new() { Body = "Please try again now." }, new RequestOptions { IdempotencyKey = $"first-reply-{ticket.Id}" }, ct);
    ticket = await hs.Tickets.SetStatusAsync(ticket.Id, new() { Status = TicketStatus.Pending }, ct);
    Console.WriteLine($"Replied \"{reply.Text.Trim()}\"; the ticket is {ticket.Status.Value}");

    // What is pending: pages are fetched as they are needed.
    Console.WriteLine("Pending, the newest first:");
    var shown = 0;
    await foreach (var pending in hs.Tickets.ListAsync(new() { Status = [TicketStatus.Pending], Sort = "-created_at" }, ct))
    {
        Console.WriteLine($"  #{pending.Number} {pending.Subject}");
        if (++shown == 5)
            break;
    }

    // All that happens, from the beginning of this ticket on. Keep e.Sequence, and begin there after a restart.
    Console.WriteLine("Following what happens. Ctrl-C ends it.");
    await foreach (var e in hs.Events.StreamAsync(after: 0, types: ["ticket.*"], ct))
    {
        if (e is TicketReplied { Data: var said } && e.TicketId == ticket.Id)
            Console.WriteLine($"  {e.Sequence} {e.Type}: {said.Text.Trim()}");
        else if (e.TicketId == ticket.Id || e.Timestamp >= ticket.CreatedAt)
            Console.WriteLine($"  {e.Sequence} {e.Type}");
    }
}
catch (OperationCanceledException) when (ct.IsCancellationRequested)
{
    Console.WriteLine("Ended.");
}
catch (HeadlessSupportException e)
{
    // The sentence says what to do; the id finds the request in the API's log.
    Console.Error.WriteLine($"{e.Message} {e.RequestId}");
    return 1;
}
return 0;
