using System.Text;
using Hangfire;
using Hangfire.Dashboard;
using HeadlessSupport.Api.Platform.Tenancy;
using Microsoft.AspNetCore.Authorization;

namespace HeadlessSupport.Api.Platform.Jobs;

/// <summary>Hangfire's own pages at <c>/jobs</c>, for the operator and to be read only.</summary>
internal static class JobsDashboard
{
    private const string Path = "/jobs";
    private const string Challenge = "Basic realm=\"jobs\", charset=\"UTF-8\"";

    /// <summary>
    /// A browser cannot send a bearer: at <c>/jobs</c> the operator's key is taken as a password too, whatever the name.
    /// Before authentication, so that there is one way to check it.
    /// </summary>
    public static void UseJobsPassword(this WebApplication app) => app.Use((context, next) =>
    {
        if (!context.Request.Path.StartsWithSegments(Path, StringComparison.Ordinal))
            return next(context);
        var header = context.Request.Headers.Authorization.ToString();
        if (header.StartsWith("Basic ", StringComparison.OrdinalIgnoreCase) && Password(header["Basic ".Length..]) is { } key)
            context.Request.Headers.Authorization = $"Bearer {key}";
        context.Response.OnStarting(() =>
        {
            if (context.Response.StatusCode == StatusCodes.Status401Unauthorized)
                context.Response.Headers.WWWAuthenticate = Challenge;
            return Task.CompletedTask;
        });
        // A page with data of all organizations: kept nowhere, framed by none.
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers.XFrameOptions = "DENY";
        return next(context);
    });

    public static void MapJobs(this WebApplication app)
    {
        // Made with the first request: it asks for the database, which may not run yet while routes are mapped.
        var pages = new Lazy<RequestDelegate>(() => ((IEndpointRouteBuilder)app).CreateApplicationBuilder().UseHangfireDashboard(Path, new DashboardOptions
        {
            // The route's own policy lets in.
            Authorization = [],
            // A browser sends a remembered password with forged requests too, so nothing can be changed here.
            IsReadOnlyFunc = _ => true,
            DisplayStorageConnectionString = false,
            AppPath = null,
            DashboardTitle = "HeadlessSupport jobs",
        }).Build());
        app.MapMethods(Path + "/{**page}", [HttpMethods.Get, HttpMethods.Post], context => pages.Value(context))
            .RequireAuthorization(new AuthorizationPolicyBuilder().AddRequirements(new RequiresAttribute(RequiresAttribute.Operator)).Build())
            .ExcludeFromDescription();
    }

    private static string? Password(string encoded)
    {
        try
        {
            var text = Encoding.UTF8.GetString(Convert.FromBase64String(encoded.Trim()));
            var password = text[(text.IndexOf(':', StringComparison.Ordinal) + 1)..];
            return password.Length > 0 && password.All(c => c is > ' ' and < '\x7F') ? password : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
