// Most of the time is other processes': ffmpeg's.
[assembly: Parallelizable(ParallelScope.Children)]
[assembly: LevelOfParallelism(3)]
