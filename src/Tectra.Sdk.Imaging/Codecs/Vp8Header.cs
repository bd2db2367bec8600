namespace Tectra.Sdk.Imaging.Codecs;

/// <summary>
/// Reads the quantiser out of a lossy WebP's VP8 frame header (RFC 6386 sections 9 and 19.2), to know the quality it was
/// encoded with.
/// </summary>
internal static class Vp8Header
{
    private const int FrameHeaderBytes = 10, MaxQuantiser = 127, SegmentCount = 4;

    /// <summary>The quality on libwebp's scale (0 to 100) that gives the file's finest quantiser; null if the header can't be read.</summary>
    public static float? EstimateQuality(ReadOnlySpan<byte> frame)
    {
        // Frame tag (bit 0 clear: key frame), start code 9D 01 2A, width, height; then the first partition.
        if (frame.Length <= FrameHeaderBytes || (frame[0] & 1) != 0 || frame[3] != 0x9D || frame[4] != 0x01 || frame[5] != 0x2A) return null;
        var quantiser = ReadFinestQuantiser(new BoolDecoder(frame[FrameHeaderBytes..]));
        // libwebp: quantiser = 127·(1 − ∛linear), linear = ⅔·q below 0.75 and 2q − 1 above, q = quality / 100.
        var root = 1 - ((double)quantiser / MaxQuantiser);
        var linear = root * root * root;
        return (float)(100 * (linear < 0.5 ? linear * 1.5 : (linear + 1) / 2));
    }

    private static int ReadFinestQuantiser(BoolDecoder header)
    {
        header.Skip(2); // colour space, clamping type
        var absolute = false;
        Span<int> segments = stackalloc int[SegmentCount];
        var segmented = false;
        if (header.Flag())
        {
            var updateMap = header.Flag();
            if (header.Flag())
            {
                segmented = true;
                absolute = header.Flag();
                foreach (ref var segment in segments) segment = header.OptionalSigned(7);
                for (var i = 0; i < SegmentCount; i++) header.OptionalSigned(6); // loop filter levels
            }
            if (updateMap)
            {
                for (var i = 0; i < 3; i++)
                {
                    if (header.Flag()) header.Skip(8); // tree probabilities
                }
            }
        }
        header.Skip(1 + 6 + 3); // filter type, level, sharpness
        if (header.Flag() && header.Flag())
        {
            for (var i = 0; i < 8; i++) header.OptionalSigned(6); // loop filter deltas
        }
        header.Skip(2); // number of partitions
        var basis = header.Literal(7);
        if (!segmented) return basis;
        var finest = MaxQuantiser;
        foreach (var segment in segments) finest = Math.Min(finest, Math.Clamp(absolute ? segment : basis + segment, 0, MaxQuantiser));
        return finest;
    }

    /// <summary>The arithmetic decoder of RFC 6386 section 7, one bit at a time; zeros follow the end of the data.</summary>
    private ref struct BoolDecoder(ReadOnlySpan<byte> data)
    {
        private ReadOnlySpan<byte> _data = data;
        private uint _range = 255;
        private uint _value = 0;
        private int _bits = 0; // bits left in _value below its top byte

        public bool Flag() => Bit(128);

        public int Literal(int bits)
        {
            var value = 0;
            while (bits-- > 0) value = (value << 1) | (Bit(128) ? 1 : 0);
            return value;
        }

        public void Skip(int bits) => Literal(bits);

        public int OptionalSigned(int bits)
        {
            if (!Flag()) return 0;
            var value = Literal(bits);
            return Flag() ? -value : value;
        }

        private bool Bit(uint probability)
        {
            while (_bits < 8)
            {
                _value = (_value << 8) | (_data.IsEmpty ? 0u : _data[0]);
                if (!_data.IsEmpty) _data = _data[1..];
                _bits += 8;
            }
            var split = 1 + (((_range - 1) * probability) >> 8);
            var bigSplit = split << (_bits - 8);
            var bit = _value >= bigSplit;
            if (bit)
            {
                _range -= split;
                _value -= bigSplit;
            }
            else
            {
                _range = split;
            }
            while (_range < 128)
            {
                _range <<= 1;
                _bits--;
            }
            return bit;
        }
    }
}
