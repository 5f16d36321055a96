throw new Error('meant to fail')
