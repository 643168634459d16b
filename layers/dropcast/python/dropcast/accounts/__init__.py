"""Connected accounts: how one is connected, where its tokens rest, and how they are kept alive."""
