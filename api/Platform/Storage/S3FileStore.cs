using System.Diagnostics;
using System.Net;
using System.Runtime.CompilerServices;
using Amazon;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;

namespace HeadlessSupport.Api.Platform.Storage;

/// <summary>Keeps files in a bucket of an S3-compatible service. One upload holds at most one part in memory.</summary>
internal sealed class S3FileStore : IFileStore, IDisposable
{
    /// <summary>The smallest part that S3 takes, so that many uploads at once need little memory.</summary>
    internal const int PartBytes = 5 * 1024 * 1024;

    /// <summary>The most parts that S3 takes, times their size.</summary>
    internal const long MaxBytes = 10_000L * PartBytes;

    private const string HashName = "sha256";

    // No key looks like this, so it is never listed.
    private const string Probe = "probe.check";

    private static readonly TimeSpan AbortPatience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan CheckKept = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ReadPatience = TimeSpan.FromSeconds(30);
    private readonly Lock checking = new();
    private readonly AmazonS3Client s3;
    private readonly string bucket;
    private readonly string prefix;
    private Task? check;
    private long checkedAt;

    public S3FileStore(S3Options options)
    {
        bucket = options.Bucket;
        prefix = options.Prefix;
        var config = new AmazonS3Config
        {
            ForcePathStyle = options.ForcePathStyle,
            // Not every service knows Amazon's newer checksums; each request's body is hashed in its signature anyway.
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
            RetryMode = RequestRetryMode.Standard,
            MaxErrorRetry = 2,
            ConnectTimeout = TimeSpan.FromSeconds(5),
            Timeout = TimeSpan.FromSeconds(60),
        };
        if (options.Endpoint is null)
        {
            // Only our settings say where it is, not those that other programs left in the environment.
            config.IgnoreConfiguredEndpointUrls = true;
            config.RegionEndpoint = RegionEndpoint.GetBySystemName(options.Region);
        }
        else
        {
            config.ServiceURL = options.Endpoint.ToString();
            config.AuthenticationRegion = options.Region;
        }
        s3 = new AmazonS3Client(new BasicAWSCredentials(options.AccessKey, options.SecretKey), config);
    }

    /// <inheritdoc/>
    public Task<StoredFile> WriteAsync(string key, Stream content, long maxBytes, CancellationToken cancellationToken) =>
        WriteAsync(key, content, maxBytes, null, cancellationToken);

    /// <summary>The same, for content whose hash is known before: a large file is then findable by it too.</summary>
    /// <exception cref="InvalidDataException">The content has another hash; nothing is stored.</exception>
    internal async Task<StoredFile> WriteAsync(string key, Stream content, long maxBytes, string? sha256, CancellationToken cancellationToken)
    {
        var name = NameOf(key);
        ArgumentOutOfRangeException.ThrowIfNegative(maxBytes);
        using var intake = new Intake(content, Math.Min(maxBytes, MaxBytes));
        using var part = new PartBuffer(PartBytes);
        await part.FillAsync(intake, cancellationToken);
        if (part.IsFull)
            return await WritePartsAsync(key, name, intake, part, sha256, cancellationToken);
        var stored = Expect(intake.Total(key), sha256);
        await PutAsync(name, part, stored.Sha256, cancellationToken);
        return stored;
    }

    /// <summary>What is known of a file without reading it.</summary>
    /// <returns>The hash is null where its writer did not know it before; null if there is no such file.</returns>
    internal async Task<(long Bytes, string? Sha256)?> FindAsync(string key, CancellationToken cancellationToken) =>
        await HeadAsync(NameOf(key), cancellationToken) is { } head ? (head.ContentLength, head.Metadata[HashName]) : null;

    /// <inheritdoc/>
    public async Task<Stream?> OpenReadAsync(string key, CancellationToken cancellationToken)
    {
        var name = NameOf(key);
        return await HeadAsync(name, cancellationToken) is { } head ? new S3ReadStream(s3, bucket, name, head.ContentLength, head.ETag, ReadPatience) : null;
    }

    /// <inheritdoc/>
    public async Task DeleteAsync(string key, CancellationToken cancellationToken)
    {
        var request = new DeleteObjectRequest { BucketName = bucket, Key = NameOf(key) };
        await S3Failures.TranslateAsync(s3.DeleteObjectAsync, request, cancellationToken);
    }

    /// <inheritdoc/>
    /// <remarks>An upload that is begun and given up needs the right to write and leaves nothing, no old version either.</remarks>
    public Task CheckAsync(CancellationToken cancellationToken)
    {
        // The probe is anonymous and a service counts requests: who asks within some seconds shares one answer.
        lock (checking)
        {
            if (check is null || Stopwatch.GetElapsedTime(checkedAt) > CheckKept)
                (check, checkedAt) = (ProveAsync(), Stopwatch.GetTimestamp());
            return check.WaitAsync(cancellationToken);
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<StoredKey> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var request = new ListObjectsV2Request { BucketName = bucket, Prefix = prefix };
        do
        {
            var page = await S3Failures.TranslateAsync(s3.ListObjectsV2Async, request, cancellationToken);
            foreach (var item in page.S3Objects ?? [])
            {
                // What others keep in the bucket is not ours.
                if (item.Key[prefix.Length..] is var key && FileKeys.IsKey(key))
                    yield return new StoredKey(key, item.Size ?? 0, Utc(item.LastModified));
            }
            request.ContinuationToken = page.IsTruncated == true ? page.NextContinuationToken : null;
        }
        while (request.ContinuationToken is not null);
    }

    /// <inheritdoc/>
    public async Task RemoveLeftoversAsync(DateTimeOffset before, CancellationToken cancellationToken)
    {
        var request = new ListMultipartUploadsRequest { BucketName = bucket, Prefix = prefix };
        bool more;
        do
        {
            var page = await ListUploadsAsync(request, cancellationToken);
            foreach (var upload in page.MultipartUploads ?? [])
            {
                if (Utc(upload.Initiated) < before && upload.Key[prefix.Length..] is var key && (key == Probe || FileKeys.IsKey(key)))
                    await AbortAsync(upload.Key, upload.UploadId);
            }
            (request.KeyMarker, request.UploadIdMarker) = (page.NextKeyMarker, page.NextUploadIdMarker);
            more = page.IsTruncated == true;
        }
        while (more);
    }

    public void Dispose() => s3.Dispose();

    private string NameOf(string key)
    {
        FileKeys.Check(key);
        return prefix + key;
    }

    private async Task ProveAsync()
    {
        var upload = await BeginAsync(prefix + Probe, null, CancellationToken.None);
        var abort = new AbortMultipartUploadRequest { BucketName = bucket, Key = prefix + Probe, UploadId = upload };
        await S3Failures.TranslateAsync(s3.AbortMultipartUploadAsync, abort, CancellationToken.None);
    }

    private async Task PutAsync(string name, PartBuffer part, string sha256, CancellationToken cancellationToken)
    {
        var request = new PutObjectRequest
        {
            BucketName = bucket,
            Key = name,
            InputStream = part.Open(),
            AutoCloseStream = false,
            // Services other than Amazon's do not all take the body in signed chunks.
            UseChunkEncoding = false,
            Metadata = { [HashName] = sha256 },
        };
        await S3Failures.TranslateAsync(s3.PutObjectAsync, request, cancellationToken);
    }

    private async Task<StoredFile> WritePartsAsync(string key, string name, Intake intake, PartBuffer part, string? sha256, CancellationToken cancellationToken)
    {
        var upload = await BeginAsync(name, sha256, cancellationToken);
        try
        {
            var parts = new List<PartETag>();
            while (part.Count > 0)
            {
                var request = new UploadPartRequest { BucketName = bucket, Key = name, UploadId = upload, PartNumber = parts.Count + 1, PartSize = part.Count, InputStream = part.Open(), UseChunkEncoding = false };
                var sent = await S3Failures.TranslateAsync(s3.UploadPartAsync, request, cancellationToken);
                parts.Add(new PartETag(request.PartNumber.Value, sent.ETag));
                await part.FillAsync(intake, cancellationToken);
            }
            var stored = Expect(intake.Total(key), sha256);
            var end = new CompleteMultipartUploadRequest { BucketName = bucket, Key = name, UploadId = upload, PartETags = parts };
            await S3Failures.TranslateAsync(s3.CompleteMultipartUploadAsync, end, cancellationToken);
            return stored;
        }
        catch
        {
            await AbortAsync(name, upload);
            throw;
        }
    }

    private async Task<string> BeginAsync(string name, string? sha256, CancellationToken cancellationToken)
    {
        var request = new InitiateMultipartUploadRequest { BucketName = bucket, Key = name };
        if (sha256 is not null)
            request.Metadata[HashName] = sha256;
        return (await S3Failures.TranslateAsync(s3.InitiateMultipartUploadAsync, request, cancellationToken)).UploadId;
    }

    private async Task AbortAsync(string name, string upload)
    {
        // Also when the caller gave up: what was sent must not stay.
        using var patience = new CancellationTokenSource(AbortPatience);
        try
        {
            await s3.AbortMultipartUploadAsync(new AbortMultipartUploadRequest { BucketName = bucket, Key = name, UploadId = upload }, patience.Token);
        }
        catch (Exception error) when (S3Failures.Is(error, CancellationToken.None))
        {
            // The store is away, or it is finished or gone already. What is left goes with the leftovers.
        }
    }

    private async Task<ListMultipartUploadsResponse> ListUploadsAsync(ListMultipartUploadsRequest request, CancellationToken cancellationToken)
    {
        try
        {
            return await S3Failures.TranslateAsync(s3.ListMultipartUploadsAsync, request, cancellationToken);
        }
        catch (FileStoreException error) when (error.InnerException is AmazonS3Exception { StatusCode: HttpStatusCode.NotImplemented })
        {
            // Such a service removes them by itself, or its operator has a rule for them.
            return new() { IsTruncated = false };
        }
    }

    private async Task<GetObjectMetadataResponse?> HeadAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            return await S3Failures.TranslateAsync(s3.GetObjectMetadataAsync, new GetObjectMetadataRequest { BucketName = bucket, Key = name }, cancellationToken);
        }
        catch (FileStoreException error) when (error.InnerException is AmazonS3Exception { StatusCode: HttpStatusCode.NotFound })
        {
            // A missing bucket answers the same, and that is no missing file.
            await S3Failures.TranslateAsync(s3.HeadBucketAsync, new HeadBucketRequest { BucketName = bucket }, cancellationToken);
            return null;
        }
    }

    private static StoredFile Expect(StoredFile stored, string? sha256) =>
        sha256 is null || sha256 == stored.Sha256 ? stored : throw new InvalidDataException($"The file {stored.Key} changed while it was read.");

    private static DateTimeOffset Utc(DateTime? time) => new((time ?? default).ToUniversalTime());
}
