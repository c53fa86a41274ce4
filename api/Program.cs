using HeadlessSupport.Api.Access;
using HeadlessSupport.Api.Demo;
using HeadlessSupport.Api.EndUsers;
using HeadlessSupport.Api.Platform;
using HeadlessSupport.Api.Platform.Database;
using HeadlessSupport.Api.Platform.Http;
using HeadlessSupport.Api.Platform.Jobs;
using HeadlessSupport.Api.Platform.Mail;
using HeadlessSupport.Api.Realtime;
using HeadlessSupport.Api.Search;
using HeadlessSupport.Api.SignIn;
using HeadlessSupport.Api.Tickets;
using HeadlessSupport.Api.Webhooks;

try
{
    return await RunAsync(args);
}
catch (InvalidOperationException wrong) when (wrong.GetType() == typeof(InvalidOperationException))
{
    // A setting, before there was anything to log with.
    return Commands.Refuse(wrong.Message);
}

static async Task<int> RunAsync(string[] args)
{
    var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
    builder.AddDemo();
    builder.AddPlatform();

    builder.Services.AddAccess(builder.Configuration);
    builder.Services.AddSignIn(builder.Configuration);
    builder.Services.AddEndUsers();
    builder.Services.AddTickets();
    builder.Services.AddSearch();
    builder.Services.AddWebhooks(builder.Configuration);
    builder.Services.AddRealtime(builder.Configuration);

    await using var app = builder.Build();

    app.Use(RequestLog.Write);
    app.Use(Problems.Catch);
    app.Use(Problems.FillEmpty);
    app.UseForwardedHeaders();
    app.UseMetrics();
    app.UseReference();
    app.UseRouting();
    app.UseCors();
    app.UseJobsPassword();
    app.UseMiddleware<DoorLimits>();
    app.UseSignIn();
    app.UseMiddleware<RateLimits>();
    app.UseAuthorization();
    app.Use(JsonBody.Read);
    app.UseMiddleware<Uploads>();
    app.UseMiddleware<Idempotency>();
    app.Use(LostRaces.Retry);

    app.MapControllers();
    app.MapSignIn();
    app.MapRealtime();
    app.MapReference();
    app.MapHealth();
    app.MapJobs();
    app.MapDevMail();

    return await app.RunCommandAsync(args, DemoSetup.WelcomeAsync);
}

/// <summary>Named, so that tests can start it.</summary>
public partial class Program;
