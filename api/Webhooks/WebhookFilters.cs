using HeadlessSupport.Api.Platform.Conditions;
using HeadlessSupport.Api.Platform.Http;

namespace HeadlessSupport.Api.Webhooks;

/// <summary>An endpoint's filter, as a test of events: it asks of tickets, so it holds of events whose data is a ticket only.</summary>
internal sealed partial class WebhookFilters(EventFields fields, TimeProvider time, ILogger<WebhookFilters> logger)
{
    /// <summary>Refuses what cannot be asked.</summary>
    /// <exception cref="SupportException">invalid_condition, at <c>/filter</c>.</exception>
    public void Check(string filter) => fields.Bind(ConditionText.Read(filter, "/filter"), new(time.GetUtcNow(), null));

    public Func<Candidate, bool> Compile(string filter)
    {
        try
        {
            var holds = fields.Bind(ConditionText.Read(filter, "/filter"), new(time.GetUtcNow(), null));
            return happened => happened.Ticket == happened.Resource && holds(happened.Data);
        }
        catch (SupportException refused)
        {
            // It was accepted once, and what it asks for is gone: sending everything would be worse than nothing.
            Log.Unreadable(logger, refused);
            return _ => false;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Error, Message = "A stored webhook filter cannot be read any more; its endpoint is sent nothing.")]
        public static partial void Unreadable(ILogger logger, Exception error);
    }
}
