namespace HeadlessSupport.Api.Platform.Http;

/// <summary>Every absolute URL comes from here, so that an organization can have a host of its own.</summary>
public sealed class Links(PublicUrl url)
{
    /// <summary>A page of the API, as <c>Location</c> and signed URLs name it.</summary>
    /// <param name="path">Below <c>/api/v1/</c>.</param>
    public string Api(string path) => $"{url.Value}/api/v1/{path}";

    /// <summary>A page for people.</summary>
    /// <param name="path">Begins with a slash; with its query.</param>
    public string Page(string path) => url.Value + path;

    /// <summary>The page that explains an error code.</summary>
    public string Error(string code) => $"{url.Value}/errors/{code}";

    /// <summary>The address of this request as the outside sees it, without its query.</summary>
    public string Here(HttpRequest request) => url.Value + request.PathBase + request.Path;
}

/// <summary>Where this installation is reached from outside; the setting <c>PublicUrl</c>.</summary>
public sealed record PublicUrl(string Value)
{
    /// <summary>As browsers name our own pages.</summary>
    public string Origin { get; } = new Uri(Value).GetLeftPart(UriPartial.Authority);
}
