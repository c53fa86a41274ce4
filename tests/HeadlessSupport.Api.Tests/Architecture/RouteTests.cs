using System.Text.RegularExpressions;
using HeadlessSupport.Api.Access;
using HeadlessSupport.Api.Platform.Tenancy;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc.ApiExplorer;
using Microsoft.AspNetCore.Mvc.Controllers;
using Microsoft.Extensions.DependencyInjection;

namespace HeadlessSupport.Api.Tests.Architecture;

/// <summary>What must hold of every route, walked from the route table so that a new one cannot be forgotten.</summary>
public sealed partial class RouteTests
{
    [Fact]
    public async Task Every_action_names_a_permission_or_has_a_reason_to_be_open()
    {
        var open = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["GET api/v1/files/{token}"] = "The signed URL is the credential.",
        };
        foreach (var action in await ActionsAsync())
        {
            var metadata = action.ActionDescriptor.EndpointMetadata;
            var permissions = metadata.OfType<RequiresAttribute>().Select(r => r.Permission).ToList();
            if (metadata.OfType<IAllowAnonymous>().Any())
                Assert.Contains(Name(action), open.Keys);
            else
                Assert.Single(permissions);
            Assert.All(permissions, p => Assert.True(p is RequiresAttribute.Operator or RequiresAttribute.Member || Vocabulary.All.Contains(p), $"{p} is no permission."));
        }
    }

    [Fact]
    public async Task Without_the_permission_every_action_is_refused_and_says_which_is_missing()
    {
        var org = await World.NewOrganizationAsync();
        var keys = new Dictionary<string, Api>(StringComparer.Ordinal);
        foreach (var action in await ActionsAsync())
        {
            if (action.ActionDescriptor.EndpointMetadata.OfType<RequiresAttribute>().SingleOrDefault() is not { } required)
                continue;
            if (!keys.TryGetValue(required.Permission, out var api))
                keys[required.Permission] = api = await org.WithScopesAsync([.. Vocabulary.All.Except([required.Permission])]);
            var path = "/" + Placeholder().Replace(action.RelativePath!, m => AnId(action, m.Groups["name"].Value));
            var refused = await SendAsync(api, action, path);
            refused.MustRefuse(403, "forbidden");
            if (required.Permission != RequiresAttribute.Operator)
                Assert.Contains(required.Permission, refused.Text("detail"), StringComparison.Ordinal);
            (await SendAsync((await World.GetAsync()).Anonymous, action, path)).MustRefuse(401, "unauthenticated");
        }
    }

    [Fact]
    public async Task Every_route_that_takes_an_id_answers_404_to_another_organization()
    {
        var mine = await World.NewOrganizationAsync();
        var theirs = await World.NewOrganizationAsync();
        var ids = await Fixtures.OneOfEachAsync(theirs);
        var walked = 0;
        foreach (var action in await ActionsAsync())
        {
            if (!action.RelativePath!.Contains('{', StringComparison.Ordinal) || IsOperators(action) || action.RelativePath.Contains("files/", StringComparison.Ordinal) || action.RelativePath.Contains("by-external-id", StringComparison.Ordinal))
                continue;
            var names = Placeholder().Matches(action.RelativePath).Select(m => m.Groups["name"].Value).ToList();
            Assert.All(names.Where(n => n != "name"), n => Assert.True(ids.ContainsKey(Kind(action, n)), $"No fixture for {{{n}}} of {Name(action)}."));
            string Path(Func<string, string> id) => "/" + Placeholder().Replace(action.RelativePath, m => m.Groups["name"].Value == "name" ? "billing" : id(Kind(action, m.Groups["name"].Value)));
            (await SendAsync(mine.Api, action, Path(kind => ids[kind]))).MustRefuse(404, "not_found");
            (await SendAsync(mine.Api, action, Path(kind => "xyz" + ids[kind][3..]))).MustRefuse(404, "not_found");
            (await SendAsync(mine.Api, action, Path(_ => "nonsense"))).MustRefuse(404, "not_found");
            walked++;
        }
        Assert.True(walked > 30, $"Only {walked} routes were walked.");
        // And with their own key the same ids are there, so 404 was not for want of the thing.
        foreach (var (kind, path) in Fixtures.Pages(ids))
            Assert.True((await theirs.Api.GetAsync(path)).Status == 200, $"The fixture of {kind} is not there.");
    }

    [Fact]
    public async Task Another_organizations_external_id_is_not_found_either()
    {
        var mine = await World.NewOrganizationAsync();
        var theirs = await World.NewOrganizationAsync();
        (await theirs.Api.PutAsync("users/by-external-id/4711", new { name = "Theirs" })).MustBe(200);
        var created = (await mine.Api.PutAsync("users/by-external-id/4711", new { name = "Mine" })).MustBe(200);
        Assert.Equal(1, created.Json.Int("version"));
        Assert.Equal("Theirs", (await theirs.Api.GetAsync("users?external_id=4711")).Items()[0].Text("name"));
    }

    private static async Task<List<ApiDescription>> ActionsAsync() =>
        [.. (await World.GetAsync()).Services.GetRequiredService<IApiDescriptionGroupCollectionProvider>().ApiDescriptionGroups.Items.SelectMany(g => g.Items).Where(a => a.ActionDescriptor is ControllerActionDescriptor)];

    private static string Name(ApiDescription action) => $"{action.HttpMethod} {action.RelativePath}";

    private static bool IsOperators(ApiDescription action) => action.ActionDescriptor.EndpointMetadata.OfType<RequiresAttribute>().Any(r => r.Permission == RequiresAttribute.Operator);

    private static Task<Answer> SendAsync(Api api, ApiDescription action, string path)
    {
        var method = new HttpMethod(action.HttpMethod!);
        var upload = action.RelativePath!.EndsWith("/attachments", StringComparison.Ordinal) && action.HttpMethod == "POST";
        HttpContent? body = action.HttpMethod is "POST" or "PUT" or "PATCH" ? upload ? new MultipartFormDataContent { { new ByteArrayContent([1]), "file", "a.txt" } } : Json.Content(Fixtures.Body(action.RelativePath!)) : null;
        return api.SendAsync(method, path, body);
    }

    // What an id in the path is the id of, by its prefix.
    private static string Kind(ApiDescription action, string parameter)
    {
        var type = action.ParameterDescriptions.Single(p => p.Name.Equals(parameter, StringComparison.OrdinalIgnoreCase)).ModelMetadata!.ModelType;
        return type.IsGenericType ? type.GetGenericArguments()[0].Name : parameter;
    }

    private static string AnId(ApiDescription action, string parameter)
    {
        var type = action.ParameterDescriptions.Single(p => p.Name.Equals(parameter, StringComparison.OrdinalIgnoreCase)).ModelMetadata!.ModelType;
        return type.IsGenericType ? Activator.CreateInstance(type, Guid.CreateVersion7())!.ToString()! : "x";
    }

    [GeneratedRegex(@"\{(?<name>\w+)\}", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Placeholder();
}
