using System.Net;
using Amazon.Runtime;

namespace HeadlessSupport.Api.Platform.Storage;

/// <summary>Makes one kind of failure of all that an S3 client throws, and leaves the caller's own cancellation alone.</summary>
internal static class S3Failures
{
    public static async Task<TAnswer> TranslateAsync<TRequest, TAnswer>(Func<TRequest, CancellationToken, Task<TAnswer>> call, TRequest request, CancellationToken cancellationToken)
    {
        try
        {
            return await call(request, cancellationToken);
        }
        catch (Exception error) when (Is(error, cancellationToken))
        {
            throw new FileStoreException("The file store cannot be reached or refuses.", error);
        }
    }

    /// <summary>Whether the service failed, and not the caller gave up or erred.</summary>
    public static bool Is(Exception error, CancellationToken cancellationToken) => error switch
    {
        OperationCanceledException => !cancellationToken.IsCancellationRequested,
        _ => error is AmazonServiceException or AmazonClientException or HttpRequestException or WebException or IOException or TimeoutException,
    };
}
