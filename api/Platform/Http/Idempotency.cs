using System.Data.Common;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Tenancy;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;
using NpgsqlTypes;

namespace HeadlessSupport.Api.Platform.Http;

/// <summary>Members of the answer that are shown once; a replay shows null.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ShowsSecretAttribute(params string[] pointers) : Attribute
{
    /// <summary>Member paths with slashes, without a leading one.</summary>
    public string[] Pointers { get; } = pointers;
}

/// <summary>What tells one request from another, where the body is no JSON.</summary>
internal sealed record RequestFingerprint(byte[] Value);

/// <summary>
/// <c>Idempotency-Key</c> on every POST: the first answer is kept for 24 hours and given again. The record and the
/// write it answers for commit in one transaction, so no crash can leave one without the other.
/// </summary>
internal sealed class Idempotency(RequestDelegate next)
{
    public const string Header = "Idempotency-Key";
    public const string Savepoint = "work";
    private const string Purpose = "idempotency";
    private static readonly TimeSpan Kept = TimeSpan.FromHours(24);

    public async Task InvokeAsync(HttpContext context, SupportDb db, TenantContext tenant, SecretBox box)
    {
        if (!HttpMethods.IsPost(context.Request.Method) || !context.Request.Headers.TryGetValue(Header, out var keys) || context.User.Identity?.IsAuthenticated != true)
        {
            await next(context);
            return;
        }
        var key = keys.ToString();
        if (key.Length is 0 or > 255 || key.Any(c => c is < ' ' or > '~'))
            throw SupportException.Unreadable(Header, "Use 1 to 255 printable ASCII characters, best a random UUID.");

        var scope = Scope(context, key);
        var fingerprint = Fingerprint(context);
        await using var transaction = await db.BeginToTellAsync(context.RequestAborted);
        var first = await FindAsync(transaction, tenant, scope, context.RequestAborted);
        if (first is not null)
        {
            if (!CryptographicOperations.FixedTimeEquals(first.Fingerprint, fingerprint))
                throw new SupportException(ErrorCode.IdempotencyKeyReused, "This Idempotency-Key was used with another body. Use a new key for a new request.", (Header, "Was used with another body."));
            await ReplayAsync(context, box, first);
            return;
        }
        await AnswerAsync(context, db, box, transaction, new(tenant.OrganizationId?.Value ?? Guid.Empty, scope, fingerprint, tenant.RealNow));
    }

    private Task AnswerAsync(HttpContext context, SupportDb db, SecretBox box, IDbContextTransaction transaction, NewRecord record) =>
        HeldAnswer.AfterAsync(context, async answer =>
        {
            var isRefused = false;
            try
            {
                await next(context);
            }
            catch (Exception error) when (Problems.Translate(error) is { Code.Status: < 500 } refusal)
            {
                await transaction.RollbackToSavepointAsync(Savepoint, context.RequestAborted);
                db.StartOver();
                answer.SetLength(0);
                await Problems.WriteAsync(context, refusal);
                // What was said no to by rule is kept; a race that was lost too often may be won the next time.
                isRefused = error is SupportException && refusal.Code.Status is 409 or 422;
            }
            if (isRefused || context.Response.StatusCode is >= 200 and < 300)
            {
                await KeepAndCommitAsync(transaction, box, record, context, answer.ToArray());
                db.Committed();
            }
        });

    // The lock is tried, not awaited: a concurrent duplicate is told so. It goes with the transaction.
    private static async Task<Found?> FindAsync(IDbContextTransaction transaction, TenantContext tenant, byte[] scope, CancellationToken cancellationToken)
    {
        var organization = tenant.OrganizationId?.Value ?? Guid.Empty;
        await using var batch = Batch(transaction, organization);
        batch.BatchCommands.Add(new("select pg_try_advisory_xact_lock($1)") { Parameters = { new() { Value = BitConverter.ToInt64(scope) } } });
        batch.BatchCommands.Add(new("select fingerprint, answer from idempotency_records where organization_id = $1 and scope = $2 and created_at > $3")
        { Parameters = { new() { Value = organization }, new() { Value = scope }, new() { Value = tenant.RealNow - Kept } } });
        batch.BatchCommands.Add(new($"savepoint {Savepoint}"));
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        await reader.NextResultAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        if (!reader.GetBoolean(0))
            throw new SupportException(ErrorCode.RequestInProgress, "A request with this Idempotency-Key is being worked on. Ask again in a moment.") { Headers = { ["Retry-After"] = "1" } };
        await reader.NextResultAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? new(reader.GetFieldValue<byte[]>(0), reader.GetFieldValue<byte[]>(1)) : null;
    }

    // COMMIT goes with the record, in one round trip: a failing insert skips it, and the transaction is rolled back.
    private static async Task KeepAndCommitAsync(IDbContextTransaction transaction, SecretBox box, NewRecord record, HttpContext context, byte[] body)
    {
        var secrets = context.GetEndpoint()?.Metadata.GetMetadata<ShowsSecretAttribute>();
        if (secrets is not null && context.Response.StatusCode < 300)
            body = Without(body, secrets.Pointers);
        var headers = context.Response.Headers;
        var answer = new Answer(context.Response.StatusCode, context.Response.ContentType, headers.Location, headers.ETag, body);
        await using var batch = Batch(transaction, record.Organization);
        batch.BatchCommands.Add(new("""
            insert into idempotency_records (organization_id, scope, fingerprint, answer, created_at) values ($1, $2, $3, $4, $5)
            on conflict (organization_id, scope) do update set fingerprint = excluded.fingerprint, answer = excluded.answer, created_at = excluded.created_at
            """)
        {
            Parameters =
            {
                new() { Value = record.Organization },
                new() { Value = record.Scope },
                new() { Value = record.Fingerprint },
                new() { Value = box.Seal(Purpose, JsonSerializer.SerializeToUtf8Bytes(answer)), NpgsqlDbType = NpgsqlDbType.Bytea },
                new() { Value = record.Now },
            },
        });
        batch.BatchCommands.Add(new("commit"));
        await batch.ExecuteNonQueryAsync(context.RequestAborted);
    }

    private static async Task ReplayAsync(HttpContext context, SecretBox box, Found first)
    {
        if (!box.TryOpen(Purpose, first.Answer, out var content))
            throw new InvalidOperationException("A stored answer does not open.");
        var answer = JsonSerializer.Deserialize<Answer>(content)!;
        var response = context.Response;
        response.StatusCode = answer.Status;
        response.ContentType = answer.ContentType;
        if (answer.Location is not null)
            response.Headers.Location = answer.Location;
        if (answer.ETag is not null)
            response.Headers.ETag = answer.ETag;
        response.Headers["Idempotency-Replayed"] = "true";
        await response.Body.WriteAsync(answer.Body, context.RequestAborted);
    }

    private static NpgsqlBatch Batch(IDbContextTransaction transaction, Guid organization)
    {
        var raw = (NpgsqlTransaction)transaction.GetDbTransaction();
        return new(raw.Connection, raw)
        {
            BatchCommands = { new("select set_config('app.organization_id', $1, true)") { Parameters = { new() { Value = organization.ToString() } } } },
        };
    }

    private static byte[] Scope(HttpContext context, string key)
    {
        var credential = context.User.FindFirstValue(ClaimTypes.NameIdentifier);
        return SHA256.HashData(Encoding.UTF8.GetBytes($"{credential}\n{context.Request.Path}\n{key}"));
    }

    private static byte[] Fingerprint(HttpContext context)
    {
        if (context.Features.Get<RequestFingerprint>() is { } given)
            return given.Value;
        // The query is part of what was asked: include=blocks answers otherwise.
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(context.Request.QueryString.Value + "\n"));
        hash.AppendData(context.Features.Get<BufferedBody>() is { } body ? body.Bytes : []);
        return hash.GetHashAndReset();
    }

    private static byte[] Without(byte[] body, string[] pointers)
    {
        var document = JsonNode.Parse(body)!;
        foreach (var path in pointers)
        {
            var steps = path.Split('/');
            var parent = steps[..^1].Aggregate((JsonNode?)document, (node, step) => node?[step]);
            if (parent is JsonObject holder && holder.ContainsKey(steps[^1]))
                holder[steps[^1]] = null;
        }
        return JsonSerializer.SerializeToUtf8Bytes(document, Json.Options);
    }

    private sealed record Found(byte[] Fingerprint, byte[] Answer);

    private sealed record NewRecord(Guid Organization, byte[] Scope, byte[] Fingerprint, DateTimeOffset Now);

    private sealed record Answer(int Status, string? ContentType, string? Location, string? ETag, byte[] Body);
}
