[assembly: TestFramework("HeadlessSupport.Api.Tests.StopsTheWorld", "HeadlessSupport.Api.Tests")]
