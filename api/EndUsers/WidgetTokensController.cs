using System.ComponentModel.DataAnnotations;
using HeadlessSupport.Api.Inboxes;
using HeadlessSupport.Api.Organizations;
using HeadlessSupport.Api.Platform.Http;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;

namespace HeadlessSupport.Api.EndUsers;

/// <summary>Who is at a web page or in an app.</summary>
/// <param name="Jwt">A token that the organization signed: HS256 with a secret of the widget key, or RS256 or ES256 with a key of its <c>jwks_url</c>. It names the customer in <c>sub</c> (your own id), expires within an hour, and may have <c>email</c>, <c>name</c> and <c>attributes</c>. Left out, an anonymous visitor.</param>
/// <param name="Visitor">The <c>visitor</c> of an earlier answer: it goes on being the same one.</param>
public sealed record CreateWidgetTokenRequest([NotBlank, MaxLength(WidgetJwt.MaxLength)] string? Jwt = null, [NotBlank, MaxLength(1000)] string? Visitor = null);

/// <summary>Tokens with which a customer uses the API themselves, got by a web page or app.</summary>
[Route("api/v{version:apiVersion}/widget/{key}/tokens"), Tags("EndUsers")]
public sealed class WidgetTokensController : ApiController
{
    /// <summary>Get a token with a widget key</summary>
    /// <remarks>Needs no credential: the widget key is public. With <c>jwt</c> for the customer whom it names, else for an anonymous visitor.</remarks>
    [HttpPost(Name = "WidgetTokens_Create"), AllowAnonymous, Limited(LimitedAttribute.Widget, By = "key"), Creates]
    public async Task<ActionResult<EndUserTokenResponse>> Create(string key, CreateWidgetTokenRequest request, CancellationToken cancellationToken)
    {
        var entrance = HttpContext.RequestServices.GetRequiredService<WidgetEntrance>();
        var found = await entrance.EnterAsync(key, Request.Headers.Origin.ToString(), cancellationToken);
        var token = request.Jwt is { } jwt ? await entrance.IdentifyAsync(found, jwt, request.Visitor, cancellationToken) : await entrance.VisitAsync(found, request.Visitor, cancellationToken);
        Response.Headers.CacheControl = "no-store";
        return StatusCode(StatusCodes.Status201Created, token);
    }
}
