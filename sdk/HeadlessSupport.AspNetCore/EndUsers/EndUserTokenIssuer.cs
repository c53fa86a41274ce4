using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace HeadlessSupport.AspNetCore;

/// <summary>Gives a page what it calls the API with, for the person who is signed in.</summary>
internal static class EndUserTokenIssuer
{
    private const string Category = "HeadlessSupport.AspNetCore.EndUsers";

    public static async Task TokenAsync(HttpContext context, Func<HttpContext, CancellationToken, Task<CreateEndUserTokenRequest?>> signedIn)
    {
        if (await signedIn(context, context.RequestAborted).ConfigureAwait(false) is not { } whose)
        {
            await NobodyAsync(context).ConfigureAwait(false);
            return;
        }
        EndUserToken token;
        try
        {
            token = await context.RequestServices.GetRequiredService<HeadlessSupportClient>().EndUserTokens.CreateAsync(whose, context.RequestAborted).ConfigureAwait(false);
        }
        catch (HeadlessSupportException e)
        {
            Log.TokenNotMade(context.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger(Category), e);
            Answers.NotKept(context);
            await Answers.ProblemAsync(context, StatusCodes.Status502BadGateway, "No token", "The support service gave no token. Try again later.").ConfigureAwait(false);
            return;
        }
        await Answers.SecretAsync(context, json =>
        {
            json.WriteString("token", token.Token);
            json.WriteString("expires_at", token.ExpiresAt);
        }).ConfigureAwait(false);
    }

    public static async Task JwtAsync(HttpContext context, string widgetSecret, Func<HttpContext, CancellationToken, Task<PersonReference?>> signedIn)
    {
        if (await signedIn(context, context.RequestAborted).ConfigureAwait(false) is not { } person)
        {
            await NobodyAsync(context).ConfigureAwait(false);
            return;
        }
        var id = person.ExternalId ?? throw new InvalidOperationException("A JWT names a person by your own id for them: set ExternalId.");
        var jwt = EndUserJwt.Create(widgetSecret, id, person.Email, person.Name, time: context.RequestServices.GetService<TimeProvider>());
        await Answers.SecretAsync(context, json => json.WriteString("jwt", jwt)).ConfigureAwait(false);
    }

    private static Task NobodyAsync(HttpContext context)
    {
        Answers.NotKept(context);
        return Answers.ProblemAsync(context, StatusCodes.Status401Unauthorized, "Not signed in", "Nobody is signed in here. Sign in, then ask again.");
    }
}
