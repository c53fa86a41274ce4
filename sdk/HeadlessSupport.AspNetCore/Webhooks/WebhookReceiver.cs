using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace HeadlessSupport.AspNetCore;

/// <summary>Receives one webhook: reads, verifies, hands over, answers.</summary>
internal static class WebhookReceiver
{
    // The API cuts what is long: an event has some 200 KiB at most.
    public const int MostBytes = 1024 * 1024;
    private const string Category = "HeadlessSupport.AspNetCore.Webhooks";

    public static async Task ReceiveAsync(HttpContext context, WebhookHandlers handlers, HeadlessSupportWebhookOptions options)
    {
        var services = context.RequestServices;
        var log = services.GetRequiredService<ILoggerFactory>().CreateLogger(Category);
        if (await ReadAsync(context).ConfigureAwait(false) is not { } body)
        {
            Log.TooLarge(log, MostBytes);
            await Answers.ProblemAsync(context, StatusCodes.Status413PayloadTooLarge, "Too large", $"A webhook has at most {MostBytes} bytes.").ConfigureAwait(false);
            return;
        }

        Event happened;
        try
        {
            happened = HeadlessSupport.Webhooks.ConstructEvent(body, name => context.Request.Headers[name], options.Secrets, options.Tolerance, services.GetService<TimeProvider>());
        }
        catch (SignatureException e)
        {
            Log.Refused(log, e.Message);
            await Answers.ProblemAsync(context, StatusCodes.Status400BadRequest, "Not verified", $"{e.Message} Check that the secret set here is that of the webhook endpoint which sends here; while it is rotated set both, the new and the old one.").ConfigureAwait(false);
            return;
        }

        try
        {
            await handlers.HandleAsync(happened, services, context.RequestAborted).ConfigureAwait(false);
            context.Response.StatusCode = StatusCodes.Status204NoContent;
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            Log.Abandoned(log, happened.Id, happened.Type);
        }
        // Whatever the handler throws, and whatever the program makes of exceptions elsewhere: the API shall send it again.
        catch (Exception e)
        {
            Log.Failed(log, e, happened.Id, happened.Type);
            await Answers.ProblemAsync(context, StatusCodes.Status500InternalServerError, "Not handled", "The event was not handled. Send it again.").ConfigureAwait(false);
        }
    }

    /// <summary>The body as it came; null where it is too long.</summary>
    private static async Task<byte[]?> ReadAsync(HttpContext context)
    {
        if (context.Request.ContentLength > MostBytes)
            return null;
        using var body = new MemoryStream((int)(context.Request.ContentLength ?? 0));
        var part = new byte[16 * 1024];
        int length;
        while ((length = await context.Request.Body.ReadAsync(part, context.RequestAborted).ConfigureAwait(false)) > 0)
        {
            if (body.Length + length > MostBytes)
                return null;
            body.Write(part, 0, length);
        }
        return body.ToArray();
    }
}
