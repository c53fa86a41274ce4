using Microsoft.Extensions.Logging;

namespace HeadlessSupport.AspNetCore;

/// <summary>What the package logs. All in one class: the generator writes several in an order that changes from build to build.</summary>
internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Warning, "A webhook was refused: it has more than {MostBytes} bytes.")]
    public static partial void TooLarge(ILogger logger, int mostBytes);

    [LoggerMessage(2, LogLevel.Warning, "A webhook was refused: {Reason}")]
    public static partial void Refused(ILogger logger, string reason);

    [LoggerMessage(3, LogLevel.Warning, "The API no longer waited for the answer to the event {EventId} ({EventType}). It sends it again.")]
    public static partial void Abandoned(ILogger logger, string eventId, string eventType);

    [LoggerMessage(4, LogLevel.Error, "The event {EventId} ({EventType}) was not handled. The API sends it again.")]
    public static partial void Failed(ILogger logger, Exception exception, string eventId, string eventType);

    [LoggerMessage(5, LogLevel.Error, "An end user's token could not be made.")]
    public static partial void TokenNotMade(ILogger logger, Exception exception);
}
