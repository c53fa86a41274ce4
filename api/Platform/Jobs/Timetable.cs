using System.Linq.Expressions;
using Hangfire;
using Hangfire.Common;
using Hangfire.PostgreSql;
using Hangfire.PostgreSql.Factories;
using HeadlessSupport.Api.Platform.Audit;
using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Tenancy;

namespace HeadlessSupport.Api.Platform.Jobs;

/// <summary>Hangfire on the same PostgreSQL, and the one timetable of what recurs.</summary>
internal static class JobsSetup
{
    public static IServiceCollection AddJobs(this IServiceCollection services, IConfiguration configuration)
    {
        // Taken by Hangfire in place of its own.
        services.AddSingleton<OrganizationClocks>();
        services.AddSingleton<JobActivator, OrganizationJobActivator>();
        services.AddSingleton<OrganizationJobs>();
        services.AddHangfire((p, hangfire) => hangfire
            .UseSimpleAssemblyNameTypeSerializer()
            .UseRecommendedSerializerSettings()
            .UsePostgreSqlStorage(o => o.UseConnectionFactory(new Connections(p.GetRequiredService<AppDataSource>())), new PostgreSqlStorageOptions
            {
                // The owner made the schema; see Migrator.
                PrepareSchemaIfNecessary = false,
                EnableTransactionScopeEnlistment = true,
                // Otherwise a job that runs longer than the invisibility timeout runs twice.
                UseSlidingInvisibilityTimeout = true,
                QueuePollInterval = TimeSpan.FromSeconds(15),
                EnableLongPolling = true,
            }));
        services.AddTransient<MakeEventPartitionsJob>();
        services.AddTransient<SweepIdempotencyJob>();
        services.AddSingleton(EventRetention.Read(configuration));
        services.AddTransient<DropOldEventsJob>();
        services.AddTransient<SweepAuditJob>();
        services.AddHostedService<Timetable>();
        // A node may be there for requests only, and another one of the same program for jobs.
        if (configuration.GetValue("Jobs:RunServer", true))
        {
            services.AddHangfireServer(options =>
            {
                options.WorkerCount = 4;
                options.Queues = JobQueues.All;
                options.ShutdownTimeout = TimeSpan.FromSeconds(15);
            });
        }
        return services;
    }

    /// <summary>Puts a room's job on the timetable. It is for the system, for no one organization.</summary>
    /// <param name="cron">When, in UTC: minute, hour, day, month, weekday.</param>
    public static IServiceCollection AddRecurring<TJob>(this IServiceCollection services, string id, Expression<Func<TJob, Task>> run, string cron) where TJob : class =>
        services.AddTransient<TJob>().AddSingleton(new RoomsJob(id, Job.FromExpression(run), cron));

    private sealed class Connections(AppDataSource source) : IConnectionFactory
    {
        public Npgsql.NpgsqlConnection GetOrCreateConnection() => source.Value.CreateConnection();
    }
}

/// <summary>One line of the timetable that a room wrote.</summary>
internal sealed record RoomsJob(string Id, Job Job, string Cron);

/// <summary>What recurs. All of it is for the system, none for one organization.</summary>
internal sealed class Timetable(IRecurringJobManager jobs, IEnumerable<RoomsJob> ofRooms) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        jobs.AddOrUpdate<MakeEventPartitionsJob>("make-event-partitions", job => job.RunAsync(CancellationToken.None), Cron.Daily(3));
        jobs.AddOrUpdate<DropOldEventsJob>("drop-old-events", job => job.RunAsync(CancellationToken.None), Cron.Daily(4));
        jobs.AddOrUpdate<SweepIdempotencyJob>("sweep-idempotency", job => job.RunAsync(CancellationToken.None), Cron.Hourly(17));
        jobs.AddOrUpdate<SweepAuditJob>("sweep-audit", job => job.RunAsync(CancellationToken.None), Cron.Daily(5));
        foreach (var job in ofRooms)
            jobs.AddOrUpdate(job.Id, job.Job, job.Cron, new RecurringJobOptions());
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
