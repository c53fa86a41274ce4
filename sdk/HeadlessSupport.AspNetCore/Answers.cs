using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace HeadlessSupport.AspNetCore;

/// <summary>Writes answers by hand, so that they need none of the program's JSON settings and no reflection.</summary>
internal static class Answers
{
    /// <summary>Problem details (RFC 9457).</summary>
    public static Task ProblemAsync(HttpContext context, int status, string title, string detail)
    {
        context.Response.StatusCode = status;
        return WriteAsync(context, "application/problem+json", json =>
        {
            json.WriteString("type", "about:blank");
            json.WriteString("title", title);
            json.WriteNumber("status", status);
            json.WriteString("detail", detail);
        });
    }

    /// <summary>An answer that holds a secret, which nothing on its way may keep.</summary>
    public static Task SecretAsync(HttpContext context, Action<Utf8JsonWriter> members)
    {
        NotKept(context);
        return WriteAsync(context, "application/json", members);
    }

    public static void NotKept(HttpContext context) => context.Response.Headers.CacheControl = "no-store";

    private static async Task WriteAsync(HttpContext context, string type, Action<Utf8JsonWriter> members)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            members(json);
            json.WriteEndObject();
        }
        context.Response.ContentType = type;
        context.Response.ContentLength = bytes.Length;
        await context.Response.Body.WriteAsync(bytes.GetBuffer().AsMemory(0, (int)bytes.Length), context.RequestAborted).ConfigureAwait(false);
    }
}
