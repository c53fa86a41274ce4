using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Tenancy;
using Npgsql;

namespace HeadlessSupport.Api.Platform.Mail;

/// <summary>A mail in this node's hands, for as long as the lease is.</summary>
/// <param name="Attempts">How often it was taken in hand, this time included.</param>
/// <param name="IsTest">Whether it is a test organization's.</param>
internal sealed record ClaimedMail(Guid Id, Guid? Organization, string Kind, byte[] Content, DateTimeOffset CreatedAt, int Attempts, DateTimeOffset LockedUntil, bool IsTest, TimeSpan ClockOffset);

/// <summary>The statements by which mail is taken in hand and finished, past what other nodes hold.</summary>
internal sealed class MailQueue(SystemDb system, TimeProvider time)
{
    /// <summary>What a node holds and does not finish is another's after this.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromMinutes(5);

    // The attempt is counted first, so that a mail that brings the program down is not tried for ever.
    private const string ClaimSql = """
        with due as (
            select id from outgoing_mails where next_attempt_at <= $1 and (locked_until is null or locked_until <= $1)
            order by next_attempt_at limit $2 for update skip locked
        ), mine as (
            update outgoing_mails m set locked_until = $3, attempts = attempts + 1 from due where m.id = due.id
            returning m.id, m.organization_id, m.kind, m.content, m.created_at, m.attempts
        )
        select mine.id, mine.organization_id, mine.kind, mine.content, mine.created_at, mine.attempts, coalesce(o.mode = 'test', false), coalesce(o.clock_offset_seconds, 0)
        from mine left join organizations o on o.organization_id = mine.organization_id order by mine.created_at
        """;

    public async Task<List<ClaimedMail>> ClaimAsync(int most, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow().ToMicroseconds();
        await using var connection = await system.OpenAcrossOrganizationsAsync(cancellationToken);
        await using var command = new NpgsqlCommand(ClaimSql, connection) { Parameters = { new() { Value = now }, new() { Value = most }, new() { Value = now + Lease } } };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var claimed = new List<ClaimedMail>();
        while (await reader.ReadAsync(cancellationToken))
        {
            claimed.Add(new(reader.GetGuid(0), reader.IsDBNull(1) ? null : reader.GetGuid(1), reader.GetString(2), reader.GetFieldValue<byte[]>(3), reader.GetFieldValue<DateTimeOffset>(4),
                reader.GetInt32(5), now + Lease, reader.GetBoolean(6), TimeSpan.FromSeconds(reader.GetInt64(7))));
        }
        return claimed;
    }

    /// <summary>It was taken, or there was nothing to send: what it said is forgotten.</summary>
    public Task SentAsync(ClaimedMail mail, CancellationToken cancellationToken) => system.ExecuteAcrossOrganizationsAsync(
        "update outgoing_mails set content = null, next_attempt_at = null, locked_until = null, last_error = null, sent_at = $2 where id = $1", cancellationToken,
        new() { Value = mail.Id }, new() { Value = time.GetUtcNow() });

    /// <param name="next">Null where it is given up.</param>
    public Task FailedAsync(ClaimedMail mail, string error, DateTimeOffset? next, CancellationToken cancellationToken) => system.ExecuteAcrossOrganizationsAsync(
        // Only while it is in these hands: who came after the lease may have sent it.
        "update outgoing_mails set content = case when $3::timestamptz is null then null else content end, next_attempt_at = $3, locked_until = null, last_error = $2 where id = $1 and locked_until = $4",
        cancellationToken, new() { Value = mail.Id }, new() { Value = error },
        new() { Value = (object?)next ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.TimestampTz }, new() { Value = mail.LockedUntil });

    /// <summary>Gives back what was not tried, so that it need not wait for the lease's end.</summary>
    public Task ReleaseAsync(ClaimedMail mail, CancellationToken cancellationToken) => system.ExecuteAcrossOrganizationsAsync(
        "update outgoing_mails set locked_until = null, attempts = attempts - 1 where id = $1 and locked_until = $2", cancellationToken, new() { Value = mail.Id }, new() { Value = mail.LockedUntil });

    /// <summary>Lets go of what was finished: what was sent after a day, what was given up after as long again as it was tried.</summary>
    public Task SweepAsync(CancellationToken cancellationToken) => system.ExecuteAcrossOrganizationsAsync(
        "delete from outgoing_mails where next_attempt_at is null and (sent_at < $1 or created_at < $2)", cancellationToken,
        new() { Value = time.GetUtcNow() - TimeSpan.FromDays(1) }, new() { Value = time.GetUtcNow() - (2 * MailRetries.Patience) });
}

/// <summary>When a mail that failed is tried again.</summary>
internal static class MailRetries
{
    public static readonly TimeSpan Patience = TimeSpan.FromDays(3);

    private static readonly TimeSpan[] Waits =
    [
        TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(15), TimeSpan.FromHours(1), TimeSpan.FromHours(2), TimeSpan.FromHours(4), TimeSpan.FromHours(8),
    ];

    /// <returns>Null where it is not tried again.</returns>
    public static DateTimeOffset? Next(int attempts, DateTimeOffset createdAt, DateTimeOffset now)
    {
        var next = now + Waits[Math.Min(attempts, Waits.Length) - 1];
        return next > createdAt + Patience ? null : next;
    }
}
