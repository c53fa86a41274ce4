using System.Globalization;
using System.Linq.Expressions;
using Hangfire;
using Hangfire.Common;
using Hangfire.States;
using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Tenancy;

namespace HeadlessSupport.Api.Platform.Jobs;

/// <summary>
/// The one place through which a job of an organization is put into a queue. The job carries its organization beside its
/// arguments, and is run in its name.
/// </summary>
public sealed class OrganizationJobs(IBackgroundJobClientV2 client)
{
    internal const string Organization = "Organization";

    /// <summary>Queues it. Its arguments are ids, since they stand in the database for everyone who looks after jobs.</summary>
    /// <param name="queue">One of <see cref="JobQueues"/>.</param>
    public void Enqueue<TJob>(Id<Tenant> organization, string queue, Expression<Func<TJob, Task>> run) where TJob : class =>
        client.Create(Job.FromExpression(run), new EnqueuedState(queue), new Dictionary<string, object>(StringComparer.Ordinal) { [Organization] = organization.Value.ToString("D", CultureInfo.InvariantCulture) });
}

/// <summary>Queues, the most urgent first: a worker takes from the first that has something.</summary>
public static class JobQueues
{
    public const string Urgent = "a_urgent";
    public const string Default = EnqueuedState.DefaultQueue;
    public const string Slow = "z_slow";

    public static readonly string[] All = [Urgent, Default, Slow];
}

/// <summary>Gives each job a scope of its own, and in it the organization in whose name it was queued.</summary>
internal sealed class OrganizationJobActivator(IServiceScopeFactory scopes, OrganizationClocks clocks) : JobActivator
{
    public override JobActivatorScope BeginScope(JobActivatorContext context)
    {
        var scope = scopes.CreateScope();
        if (context.GetJobParameter<string>(OrganizationJobs.Organization) is { } text)
        {
            var organization = Guid.Parse(text, CultureInfo.InvariantCulture);
            // Hangfire asks for its scope synchronously, on a thread of its own.
#pragma warning disable MA0045, VSTHRD002, CA2012
            var offset = clocks.OffsetAsync(organization, CancellationToken.None).GetAwaiter().GetResult();
#pragma warning restore MA0045, VSTHRD002, CA2012
            scope.ServiceProvider.GetRequiredService<TenantContext>().Enter(new(organization), Actor.System, offset);
        }
        return new Scope(scope);
    }

    private sealed class Scope(IServiceScope scope) : JobActivatorScope
    {
        public override object Resolve(Type type) => scope.ServiceProvider.GetRequiredService(type);

        public override void DisposeScope()
        {
            if (scope is IAsyncDisposable asynchronous)
                asynchronous.DisposeAsync().AsTask().GetAwaiter().GetResult();
            else
                scope.Dispose();
        }
    }
}
