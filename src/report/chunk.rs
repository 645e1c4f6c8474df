//! An artifact's bytes on their way out: cut into chunks of 64 KiB, measured and hashed as they pass.
//!
//! A writer holds one buffer. A full buffer is handed over before another byte is taken, so that at most one chunk
//! of an artifact is on its way.

use std::io::{self, Write};

use sha2::{Digest, Sha256};

use crate::persistence::messages::{ArtifactDigest, ArtifactName};

/// The size of every chunk but the last, in bytes.
pub const CHUNK_BYTES: usize = 64 * 1024;

/// Takes chunks. Called from a blocking thread; returns when the chunk is safe with its receiver.
pub trait ChunkSink {
    /// Takes chunk number `seq` (from 0, without gaps) of an artifact; `body` is never empty.
    fn append(&mut self, artifact: ArtifactName, seq: u32, body: Vec<u8>) -> io::Result<()>;
}

/// Writes one artifact to a sink.
#[derive(Debug)]
pub struct ChunkWriter<S> {
    artifact: ArtifactName,
    sink: S,
    /// Without capacity until there is a byte to keep.
    buffer: Vec<u8>,
    next: u32,
    length: u64,
    hash: Sha256,
}

impl<S: ChunkSink> ChunkWriter<S> {
    /// A writer that has not written anything yet.
    pub fn new(artifact: ArtifactName, sink: S) -> Self {
        Self { artifact, sink, buffer: Vec::new(), next: 0, length: 0, hash: Sha256::new() }
    }

    /// Hands over what is left and says what was written in all. An artifact without a byte is an error.
    pub fn finish(mut self) -> io::Result<ArtifactDigest> {
        if self.length == 0 {
            return Err(io::Error::other(format!("artifact {} is empty", self.artifact)));
        }
        self.hand_over()?;
        Ok(ArtifactDigest {
            artifact: self.artifact,
            length: self.length,
            sha256: self.hash.finalize().into(),
        })
    }

    fn hand_over(&mut self) -> io::Result<()> {
        if self.buffer.is_empty() {
            return Ok(());
        }
        let body = std::mem::take(&mut self.buffer);
        self.hash.update(&body);
        self.sink.append(self.artifact, self.next, body)?;
        self.next += 1;
        Ok(())
    }
}

impl<S: ChunkSink> Write for ChunkWriter<S> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if bytes.is_empty() {
            return Ok(0);
        }
        if self.buffer.capacity() == 0 {
            self.buffer.reserve_exact(CHUNK_BYTES);
        }
        let taken = bytes.len().min(CHUNK_BYTES - self.buffer.len());
        self.buffer.extend_from_slice(&bytes[..taken]);
        self.length += taken as u64;
        if self.buffer.len() == CHUNK_BYTES {
            self.hand_over()?;
        }
        Ok(taken)
    }

    /// Does nothing: a chunk leaves when it is full, so that chunks do not depend on how the bytes arrived.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::rc::Rc;

    use super::*;

    type Chunk = (u32, Vec<u8>);

    #[derive(Clone, Default)]
    struct Kept(Rc<RefCell<Vec<Chunk>>>);

    impl ChunkSink for Kept {
        fn append(&mut self, artifact: ArtifactName, seq: u32, body: Vec<u8>) -> io::Result<()> {
            assert_eq!(artifact, "css");
            self.0.borrow_mut().push((seq, body));
            Ok(())
        }
    }

    fn written_in(pieces: &[usize], total: usize) -> (ArtifactDigest, Vec<Chunk>) {
        let content: Vec<u8> = (0..total).map(|n| (n * 31 % 251) as u8).collect();
        let kept = Kept::default();
        let mut writer = ChunkWriter::new("css", kept.clone());
        let mut rest = &content[..];
        let mut sizes = pieces.iter().cycle();
        while !rest.is_empty() {
            let size = sizes.next().copied().unwrap_or(1).min(rest.len());
            writer.write_all(&rest[..size]).unwrap();
            rest = &rest[size..];
        }
        let digest = writer.finish().unwrap();
        let chunks = kept.0.take();
        let joined: Vec<u8> = chunks.iter().flat_map(|(_, body)| body.iter().copied()).collect();
        assert!(joined == content, "what arrived is not what was written");
        (digest, chunks)
    }

    #[test]
    fn chunks_are_the_same_however_the_bytes_arrive() {
        for total in [1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 5 * CHUNK_BYTES + 77] {
            let (expected, expected_chunks) = written_in(&[total], total);
            assert_eq!(expected.length, total as u64);
            for pieces in
                [&[1, 2, 3][..], &[7, 64, 1_000], &[CHUNK_BYTES], &[CHUNK_BYTES + 1, 3], &[200_000, 1]]
            {
                let (digest, chunks) = written_in(pieces, total);
                assert_eq!(digest, expected);
                assert!(chunks == expected_chunks, "{pieces:?} of {total}");
            }
            let (last, full) = expected_chunks.split_last().unwrap();
            assert!(full.iter().all(|(_, body)| body.len() == CHUNK_BYTES && body.capacity() == CHUNK_BYTES));
            assert!((1..=CHUNK_BYTES).contains(&last.1.len()));
            assert!(expected_chunks.iter().map(|(seq, _)| *seq).eq(0..expected_chunks.len() as u32));
        }
    }

    #[test]
    fn the_digest_is_the_sha_256_of_the_content() {
        let mut writer = ChunkWriter::new("css", Kept::default());
        writer.write_all(b"abc").unwrap();
        let digest = writer.finish().unwrap();
        assert_eq!(digest.sha256[..4], [0xba, 0x78, 0x16, 0xbf]);
    }

    #[test]
    fn an_empty_artifact_is_an_error_that_names_it() {
        let error = ChunkWriter::new("css", Kept::default()).finish().unwrap_err();
        assert_eq!(error.to_string(), "artifact css is empty");
    }

    #[test]
    fn a_refused_chunk_is_the_writers_error() {
        struct Refusing;
        impl ChunkSink for Refusing {
            fn append(&mut self, _: ArtifactName, seq: u32, _: Vec<u8>) -> io::Result<()> {
                Err(io::Error::other(format!("chunk {seq} refused")))
            }
        }
        let mut writer = ChunkWriter::new("css", Refusing);
        writer.write_all(&vec![0; CHUNK_BYTES - 1]).unwrap();
        assert_eq!(writer.write_all(b"x").unwrap_err().to_string(), "chunk 0 refused");
    }
}
