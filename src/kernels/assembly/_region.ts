// Where the chain of this instance keeps what it changes, in a memory that it shares with others; given by the loader.
export declare const REGION: usize;
