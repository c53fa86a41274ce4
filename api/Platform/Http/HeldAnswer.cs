namespace HeadlessSupport.Api.Platform.Http;

/// <summary>An answer that is held back until the transaction it reports on has ended.</summary>
internal static class HeldAnswer
{
    /// <summary>Sends what <paramref name="work"/> answers once it is done; nothing of it where it throws.</summary>
    public static async Task AfterAsync(HttpContext context, Func<MemoryStream, Task> work)
    {
        var client = context.Response.Body;
        using var answer = new MemoryStream();
        context.Response.Body = answer;
        try
        {
            await work(answer);
        }
        finally
        {
            context.Response.Body = client;
        }
        answer.Position = 0;
        await answer.CopyToAsync(client, context.RequestAborted);
    }
}
