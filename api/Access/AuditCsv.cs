using System.Globalization;
using HeadlessSupport.Api.Platform.Audit;

namespace HeadlessSupport.Api.Access;

/// <summary>The audit log as CSV (RFC 4180).</summary>
internal static class AuditCsv
{
    public const string Header = "id,at,action,actor_kind,actor_id,target_type,target_id,ip,user_agent,request_id,changes,details\r\n";

    public static string Line(AuditEntry e) => string.Join(',', ((string?[])
    [
        e.Id.ToString(), e.At.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.ffffffZ", CultureInfo.InvariantCulture), e.Action, e.ActorKind, e.ActorId, e.TargetType, e.TargetId,
        e.Ip, e.UserAgent, e.RequestId, e.Changes, e.Details,
    ]).Select(Cell)) + "\r\n";

    // Spreadsheets run a cell that begins so as a formula, and a user agent is anybody's text: an apostrophe makes it text.
    private static string Cell(string? text)
    {
        if (text is null)
            return "";
        if (text is ['=' or '+' or '-' or '@' or '\t' or '\r' or '\n', ..])
            text = "'" + text;
        return text.AsSpan().IndexOfAny(",\"\r\n") < 0 ? text : $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }
}
